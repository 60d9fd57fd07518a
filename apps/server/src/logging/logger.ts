import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogConfig } from '../config/logging.ts'
import { readableLine } from './readable-line.ts'

export type { Logger } from 'pino'

/** Names whose values never reach the log, at any of the depths at which this server logs. */
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

/** An error has a `code` too, which is no secret: these are the places where a one-time code or an OAuth code stands. */
const codePaths = ['code', 'body.code', 'query.code', 'params.code', '*.body.code', '*.query.code', '*.params.code']

/**
 * The log: one line an entry, JSON or for people. Values under the names of secrets are replaced by `[redacted]`. An
 * error belongs under `err`.
 *
 * @param destination - standard output, where nothing else is given
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

/** Three levels: the entry, an object in it (`headers`), an object in that (`request.headers`). */
function secretPaths(name: string): string[] {
  return [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]
}

/** Nothing else of an error: a failed statement carries its parameters. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack } = pino.stdSerializers.err(error)
  return { type, message, ...('code' in error ? { code: error.code } : {}), stack }
}
