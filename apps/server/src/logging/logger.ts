import { type DestinationStream, type Logger, pino } from 'pino'
import { readableLines } from './readable-lines.ts'

export type { Logger } from 'pino'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogConfig {
  readonly logLevel: LogLevel
  readonly logJson: boolean
}

/** Property names whose values never reach the log, at every depth. */
const secretNames: ReadonlySet<string> = new Set([
  ...['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'token', 'apiKey', 'x-api-key', 'encryptionKey'],
  ...['client_secret', 'clientSecret', 'client_assertion', 'code_verifier', 'user_code', 'device_code'],
  ...['access_token', 'accessToken', 'refresh_token', 'refreshToken', 'id_token', 'idToken', 'id_token_hint'],
])

/** Errors also have a harmless `code`, so it is a one-time code or an OAuth code only in the entry and in these properties. */
const codeParents: ReadonlySet<string | undefined> = new Set([undefined, 'body', 'query', 'params'])

/**
 * Creates the logger: one line per entry, as JSON or readable text. Values of secret properties are replaced by `[redacted]`.
 * Pass errors as `err`.
 *
 * @param destination - default: standard output
 * @param collect - such as `batchLines`; receives the entries as JSON, because it is cheaper to make many readable at once
 */
export function createLogger(
  config: LogConfig,
  destination: DestinationStream = process.stdout,
  collect = (output: DestinationStream) => output,
): Logger {
  const output = config.logJson ? destination : { write: (json: string) => destination.write(readableLines(json)) }
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) },
      serializers: { err: describeError },
    },
    collect(output),
  )
}

function redact(fields: object, parent?: string): Record<string, unknown> {
  const redactValue = (value: unknown, name: string): unknown => {
    if (secretNames.has(name) || (name === 'code' && codeParents.has(parent))) return '[redacted]'
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => redactValue(item, name))
    return isPlainObject(value) ? redact(value, name) : value
  }
  const redacted: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) redacted[name] = redactValue(value, name)
  return redacted
}

/** Other objects, such as errors and dates, have their own representation. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Other properties of an error are omitted: a failed statement contains its parameters. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack } = pino.stdSerializers.err(error)
  return { type, message, ...('code' in error ? { code: error.code } : {}), stack }
}
