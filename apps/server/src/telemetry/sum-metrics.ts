import { type DataPoint, DataPointType, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics'

/**
 * Adds up the metrics of several processes. Counters and histograms are summed; of a gauge, which is not additive, the highest
 * value counts.
 */
export function sumMetrics(collections: readonly (readonly MetricData[])[]): MetricData[] {
  const sums = new Map<string, MetricData>()
  for (const metric of collections.flat()) {
    const { name } = metric.descriptor
    const sum = sums.get(name)
    sums.set(name, sum === undefined ? metric : add(sum, metric))
  }
  return [...sums.values()]
}

/** Counters and histograms, which keep the counts of a process that has ended. */
export function cumulative(metrics: readonly MetricData[]): MetricData[] {
  return metrics.filter(
    (metric) =>
      metric.dataPointType === DataPointType.HISTOGRAM ||
      (metric.dataPointType === DataPointType.SUM && metric.isMonotonic),
  )
}

function add(one: MetricData, other: MetricData): MetricData {
  if (one.dataPointType === DataPointType.SUM && other.dataPointType === DataPointType.SUM)
    return { ...one, dataPoints: addPoints(one.dataPoints, other.dataPoints, (a, b) => a + b) }
  if (one.dataPointType === DataPointType.GAUGE && other.dataPointType === DataPointType.GAUGE)
    return { ...one, dataPoints: addPoints(one.dataPoints, other.dataPoints, Math.max) }
  if (one.dataPointType === DataPointType.HISTOGRAM && other.dataPointType === DataPointType.HISTOGRAM)
    return { ...one, dataPoints: addPoints(one.dataPoints, other.dataPoints, addHistograms) }
  return one
}

function addPoints<T>(
  ones: readonly DataPoint<T>[],
  others: readonly DataPoint<T>[],
  addValues: (one: T, other: T) => T,
): DataPoint<T>[] {
  const points = new Map(ones.map((point) => [keyOf(point), point]))
  for (const point of others) {
    const same = points.get(keyOf(point))
    points.set(keyOf(point), same === undefined ? point : { ...same, value: addValues(same.value, point.value) })
  }
  return [...points.values()]
}

function keyOf({ attributes }: DataPoint<unknown>): string {
  return JSON.stringify(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function addHistograms(one: Histogram, other: Histogram): Histogram {
  const { boundaries, counts } = one.buckets
  return {
    buckets: { boundaries, counts: counts.map((count, index) => count + (other.buckets.counts[index] ?? 0)) },
    count: one.count + other.count,
    sum: (one.sum ?? 0) + (other.sum ?? 0),
    min: Math.min(one.min ?? Number.POSITIVE_INFINITY, other.min ?? Number.POSITIVE_INFINITY),
    max: Math.max(one.max ?? Number.NEGATIVE_INFINITY, other.max ?? Number.NEGATIVE_INFINITY),
  }
}
