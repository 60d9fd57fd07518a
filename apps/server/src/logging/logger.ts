import { type DestinationStream, type Logger, pino } from 'pino'
import { readableLine } from './readable-line.ts'

export type { Logger } from 'pino'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogConfig {
  readonly logLevel: LogLevel
  readonly logJson: boolean
}

/** Property names whose values never reach the log, at every depth that this server logs. */
const secretNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'client_secret',
  'clientSecret',
  'client_assertion',
  'code_verifier',
  'user_code',
  'device_code',
  'token',
  'access_token',
  'accessToken',
  'refresh_token',
  'refreshToken',
  'id_token',
  'idToken',
  'id_token_hint',
  'encryptionKey',
  'apiKey',
  'x-api-key',
]

/** Errors also have a harmless `code`, so these paths name only one-time codes and OAuth codes. */
const codePaths = ['code', 'body.code', 'query.code', 'params.code', '*.body.code', '*.query.code', '*.params.code']

/**
 * Creates the logger: one line per entry, as JSON or readable text. Values of secret properties are replaced by `[redacted]`.
 * Pass errors as `err`.
 *
 * @param destination - default: standard output
 */
export function createLogger(config: LogConfig, destination: DestinationStream = process.stdout): Logger {
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: [...secretNames.flatMap(secretPaths), ...codePaths], censor: '[redacted]' },
    },
    config.logJson ? destination : { write: (json) => destination.write(readableLine(json)) },
  )
}

/** Three levels: the entry, a nested object (`headers`), and an object in that (`request.headers`). */
function secretPaths(name: string): string[] {
  return [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]
}

/** Other properties of an error are omitted: a failed statement contains its parameters. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack } = pino.stdSerializers.err(error)
  return { type, message, ...('code' in error ? { code: error.code } : {}), stack }
}
