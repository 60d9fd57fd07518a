import { expect, test } from '@jest/globals'
import { MeterProvider, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics'
import { cumulative, sumMetrics } from '../../src/telemetry/sum-metrics.ts'

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** The report of a process, as it arrives in another process. */
async function reportMetrics(value: number, path: string): Promise<MetricData[]> {
  const reader = new Reader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  meter.createCounter('requests').add(value, { path, method: 'GET' })
  meter.createUpDownCounter('connections').add(value)
  meter.createGauge('queue').record(value)
  meter.createHistogram('duration', { advice: { explicitBucketBoundaries: [1, 10] } }).record(value)
  const { resourceMetrics } = await reader.collect()
  const [scope] = resourceMetrics.scopeMetrics
  return JSON.parse(JSON.stringify(scope?.metrics))
}

const valuesOf = (metrics: readonly MetricData[]) =>
  Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ value }) => value)]),
  )

test('adds counters and histograms, and keeps the highest gauge', async () => {
  const sum = sumMetrics([await reportMetrics(2, '/a'), await reportMetrics(20, '/a'), await reportMetrics(5, '/b')])
  expect(valuesOf(sum)).toEqual({
    requests: [22, 5],
    connections: [27],
    queue: [20],
    duration: [{ buckets: { boundaries: [1, 10], counts: [0, 2, 1] }, count: 3, sum: 27, min: 2, max: 20 }],
  })
})

test('keeps what a process counted after it has ended, but not its connections', async () => {
  expect(Object.keys(valuesOf(cumulative(await reportMetrics(2, '/a'))))).toEqual(['requests', 'duration'])
})
