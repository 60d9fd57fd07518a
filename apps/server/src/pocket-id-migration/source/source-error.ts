import { ConfigurationError } from '@pocket/core/errors'

/** The source cannot be migrated. Nothing has been written. */
export function sourceError(message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`${message} Nothing was changed.`, { cause })
}
