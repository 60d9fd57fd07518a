import type { TelemetryOptions } from '../../src/config/telemetry.ts'

export const telemetryOff: TelemetryOptions = {
  metrics: 'none',
  prometheus: { host: 'localhost', port: 9464 },
  exportInterval: 60_000,
  traces: 'none',
  sampler: 'parentbased_always_on',
  samplerRatio: 1,
  variables: {},
}

/** The metrics at an endpoint: values by name with labels. */
export async function scrape(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://localhost:${port}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

/** The sum of all series with this name and these labels. */
export function sumOf(metrics: ReadonlyMap<string, number>, name: string, ...labels: readonly string[]): number {
  return [...metrics]
    .filter(([series]) => series.startsWith(`${name}{`) && labels.every((label) => series.includes(label)))
    .reduce((sum, [, value]) => sum + value, 0)
}
