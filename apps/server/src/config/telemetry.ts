import type { Environment, Reader } from './reader.ts'
import { InvalidValueError, parseEnum, parsePort, type RawValue, type Section, type Variable } from './variable.ts'

const metricsExporters = ['none', 'prometheus', 'otlp'] as const
const tracesExporters = ['none', 'otlp'] as const
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

const metricsExporter: Variable<(typeof metricsExporters)[number]> = {
  name: 'OTEL_METRICS_EXPORTER',
  type: metricsExporters.map((name) => `\`${name}\``).join(', '),
  default: 'none',
  description:
    'Where metrics go: `prometheus` serves them at `/metrics` of its own port, `otlp` sends them to a collector. With `WEB_CONCURRENCY`, the processes are summed.',
  parse: parseEnum(metricsExporters),
}

const prometheusHost: Variable<string> = {
  name: 'OTEL_EXPORTER_PROMETHEUS_HOST',
  type: 'host name or IP address',
  default: 'localhost',
  description: 'The address on which metrics are served. Everyone who can connect to it can read them.',
  parse: ({ text }) => text,
}

const prometheusPort: Variable<number> = {
  name: 'OTEL_EXPORTER_PROMETHEUS_PORT',
  type: 'integer, 1 to 65535',
  default: '9464',
  description: 'The TCP port on which metrics are served.',
  parse: parsePort,
}

const tracesExporter: Variable<(typeof tracesExporters)[number]> = {
  name: 'OTEL_TRACES_EXPORTER',
  type: tracesExporters.map((name) => `\`${name}\``).join(', '),
  default: 'none',
  description: 'Where traces go: `otlp` sends them to a collector.',
  parse: parseEnum(tracesExporters),
}

const tracesSampler: Variable<(typeof samplers)[number]> = {
  name: 'OTEL_TRACES_SAMPLER',
  type: samplers.map((name) => `\`${name}\``).join(', '),
  default: 'parentbased_always_on',
  description: 'Which traces are recorded. `traceparent` is read only from the proxies of `TRUST_PROXY`.',
  parse: parseEnum(samplers),
}

const samplerRatio: Variable<number> = {
  name: 'OTEL_TRACES_SAMPLER_ARG',
  type: 'number, 0 to 1',
  default: '1',
  description: 'The share of traces that the `traceidratio` samplers record.',
  parse: parseRatio,
}

const exportInterval: Variable<number> = {
  name: 'OTEL_METRIC_EXPORT_INTERVAL',
  type: 'integer',
  unit: 'milliseconds',
  default: '60000',
  description: 'How often metrics are sent with `OTEL_METRICS_EXPORTER=otlp`.',
  parse: parseInterval,
}

const protocolOf = (signal: '' | 'METRICS_' | 'TRACES_'): Variable<'http/protobuf'> => ({
  name: `OTEL_EXPORTER_OTLP_${signal}PROTOCOL`,
  type: '`http/protobuf`',
  default: 'http/protobuf',
  description: 'The transport of OTLP. gRPC and JSON are not supported.',
  parse: parseEnum(['http/protobuf']),
})

const protocol = protocolOf('')
const metricsProtocol = protocolOf('METRICS_')
const tracesProtocol = protocolOf('TRACES_')

const logsExporter: Variable<string> = {
  name: 'OTEL_LOGS_EXPORTER',
  type: 'text',
  default: 'console',
  description: 'Has no effect: logs go to standard output. A collector reads them there.',
  // A cluster can set the variable for all programs, so other values must not prevent the start.
  parse: ({ text }) => text,
}

export const telemetrySection = {
  title: 'Metrics and traces',
  introduction:
    'Off by default. The other standard variables of OpenTelemetry apply as well: `OTEL_EXPORTER_OTLP_ENDPOINT`, `_HEADERS`, `_TIMEOUT`, `_COMPRESSION` and `_CERTIFICATE`, also for one signal (`OTEL_EXPORTER_OTLP_TRACES_…`), `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. See the [guide](../guides/observability.md).',
  variables: {
    metricsExporter,
    prometheusHost,
    prometheusPort,
    exportInterval,
    tracesExporter,
    tracesSampler,
    samplerRatio,
    protocol,
    metricsProtocol,
    tracesProtocol,
    logsExporter,
  },
} satisfies Section

export interface TelemetryOptions {
  readonly metrics: (typeof metricsExporters)[number]
  readonly prometheus: { readonly host: string; readonly port: number }
  /** Milliseconds. */
  readonly exportInterval: number
  readonly traces: (typeof tracesExporters)[number]
  readonly sampler: (typeof samplers)[number]
  /** 0 to 1. */
  readonly samplerRatio: number
  /** Standard variables, some of which the `.env` file sets; the exporters read them from the process. */
  readonly variables: Readonly<Record<string, string>>
}

export interface TelemetryConfig {
  /** `undefined` if neither metrics nor traces are exported. */
  readonly telemetry: TelemetryOptions | undefined
}

export function readTelemetry(reader: Reader, environment: Environment): TelemetryConfig {
  const metrics = reader.read(metricsExporter) ?? 'none'
  const traces = reader.read(tracesExporter) ?? 'none'
  const options = {
    prometheus: { host: reader.read(prometheusHost) ?? 'localhost', port: reader.read(prometheusPort) ?? 9464 },
    exportInterval: reader.read(exportInterval) ?? 60_000,
    sampler: reader.read(tracesSampler) ?? 'parentbased_always_on',
    samplerRatio: reader.read(samplerRatio) ?? 1,
  }
  if (/\botlp\b/.test(reader.read(logsExporter) ?? ''))
    reader.warnings.push(
      'OTEL_LOGS_EXPORTER=otlp has no effect: logs go to standard output. A collector reads them there.',
    )
  if (metrics === 'none' && traces === 'none') return { telemetry: undefined }
  reader.read(protocol)
  if (metrics === 'otlp') reader.read(metricsProtocol)
  if (traces === 'otlp') reader.read(tracesProtocol)
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('OTEL_') && value !== undefined ? [[name, value] as const] : [],
  )
  return { telemetry: { metrics, traces, ...options, variables: Object.fromEntries(variables) } }
}

function parseInterval({ text }: RawValue): number {
  if (!/^[1-9]\d{2,8}$/.test(text))
    throw new InvalidValueError(`"${text}" is not an interval`, 'Write milliseconds, at least 100.')
  return Number(text)
}

function parseRatio({ text }: RawValue): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1))
    throw new InvalidValueError(`"${text}" is not a ratio`, 'Write a number from 0 to 1.')
  return value
}
