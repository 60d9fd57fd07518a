import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { metricDefinitions } from '../src/telemetry/metric-definitions.ts'
import { markdownTable } from './markdown-table.ts'

const target = new URL('../../../docs/reference/metrics.md', import.meta.url)

/** The reference of metrics: each name with its labels and meaning. */
export function metricsReference(): string {
  const rows = Object.entries(metricDefinitions).map(([name, { labels, description }]) => [
    `\`${name}\``,
    labels.map((label) => `\`${label}\``).join(', '),
    description,
  ])
  return `# Metrics

Generated from \`apps/server/src/telemetry/metric-definitions.ts\` by \`pnpm --filter @pocket/server run reference\`. How to collect them:
[Metrics, traces and logs](../guides/observability.md).

${markdownTable(['Name (OTLP)', 'Labels', 'Meaning'], rows)}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, metricsReference())
