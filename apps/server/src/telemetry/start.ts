import cluster from 'node:cluster'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  type IMetricReader,
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TrustProxy } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import type { TelemetryOptions } from '../config/telemetry.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { type Measure, recordMetrics } from './metrics.ts'
import { WorkerMetricReader, workersProducer } from './process-metrics.ts'
import { recordSpans } from './spans.ts'

export interface TelemetryDeps {
  readonly options: TelemetryOptions
  readonly version: string
  readonly processes: number
  readonly trustProxy: TrustProxy
  readonly logger: Logger
}

export interface Telemetry extends AsyncDisposable {
  measureWith(measure: Measure): void
}

/** Milliseconds that the last export of metrics, and that of traces, may take. */
const shutdownTimeout = 1000

/**
 * Starts the exporters and subscribes to the channels. Only a start with telemetry loads this module and its libraries.
 *
 * @throws {ConfigurationError} if the port for Prometheus is in use
 */
export async function startTelemetry(deps: TelemetryDeps): Promise<Telemetry> {
  const { options, version, logger, trustProxy, processes } = deps
  // The exporters read these variables from the process, including those of the `.env` file.
  for (const [name, value] of Object.entries(options.variables)) process.env[name] ??= value
  diag.setLogger(
    {
      error: (message, ...details) => logger.warn({ details: details.map(messageOf) }, `Telemetry: ${message}`),
      warn: (message) => logger.warn(`Telemetry: ${message}`),
      info: () => {},
      debug: () => {},
      verbose: () => {},
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const resource = resourceFromAttributes({ 'service.name': 'pocket-id', 'service.version': version }).merge(
    detectResources({ detectors: [envDetector] }),
  )
  const isCoordinator = processes > 1 && cluster.isPrimary
  await using stack = new AsyncDisposableStack()
  let measure: Measure | undefined
  if (options.metrics !== 'none') {
    const provider = await createMeterProvider(deps, resource, stack)
    if (!isCoordinator)
      stack.use(
        recordMetrics({
          meter: provider.getMeter('pocket'),
          version,
          measure: () => measure,
          unitInName: options.metrics === 'prometheus',
        }),
      )
  }
  if (options.traces === 'otlp' && !isCoordinator) {
    const provider = new TracerProvider({
      resource,
      sampler: samplerOf(options),
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    })
    stack.defer(() => waitForShutdown(provider.shutdown()))
    stack.use(recordSpans(provider.getTracer('pocket'), trustProxy))
  }
  const started = stack.move()
  return {
    measureWith(given) {
      measure = given
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function createMeterProvider(
  { options, processes }: TelemetryDeps,
  resource: Resource,
  stack: AsyncDisposableStack,
): Promise<MeterProvider> {
  const isWorker = processes > 1 && !cluster.isPrimary
  const metricProducers = processes > 1 && !isWorker ? [stack.use(workersProducer())] : []
  const reader = isWorker ? new WorkerMetricReader() : await createReader(options, metricProducers)
  const provider = new MeterProvider({ resource, readers: [reader] })
  stack.defer(() => waitForShutdown(provider.shutdown()))
  return provider
}

async function createReader(
  { metrics, prometheus, exportInterval }: TelemetryOptions,
  metricProducers: MetricProducer[],
): Promise<IMetricReader> {
  if (metrics === 'otlp')
    return new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis: exportInterval,
      exportTimeoutMillis: Math.min(exportInterval, 30_000),
      metricProducers,
    })
  const exporter = new PrometheusExporter({
    ...prometheus,
    withoutScopeInfo: true,
    preventServerStart: true,
    metricProducers,
  })
  await exporter.startServer().catch((cause: unknown) => {
    throw new ConfigurationError(
      `Metrics cannot be served on port ${prometheus.port} of ${prometheus.host} (${messageOf(cause)}). Set OTEL_EXPORTER_PROMETHEUS_HOST or OTEL_EXPORTER_PROMETHEUS_PORT.`,
      { cause },
    )
  })
  return exporter
}

function samplerOf({ sampler, samplerRatio }: TelemetryOptions): Sampler {
  const samplers: Readonly<Record<string, Sampler>> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(samplerRatio),
  }
  const root = samplers[sampler.replace('parentbased_', '')] ?? new AlwaysOnSampler()
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

/** A collector that does not respond must not delay the end of the process. */
async function waitForShutdown(shutdown: Promise<void>): Promise<void> {
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, shutdownTimeout).unref())
  await Promise.race([shutdown.catch(() => undefined), timeout])
}
