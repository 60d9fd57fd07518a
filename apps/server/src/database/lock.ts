import { ConfigurationError } from '@pocket/core/errors'
import type { Logger } from '../logging/logger.ts'

/** Servers share the lock of an instance; a command that replaces its data excludes them and every other command. */
export type LockMode = 'shared' | 'exclusive'

/** The lock ends with the process that holds it, and is released by disposing of it. */
export interface InstanceLock extends AsyncDisposable {
  /** Aborted when another process has acquired the lock by force. */
  readonly lost: AbortSignal
  /** Rejects if the lock was lost, or if the database cannot be reached. */
  assertHeld(): Promise<void>
  /** Calls `onNotify` after each notification in a channel of PostgreSQL; some may be lost. Does nothing on SQLite. */
  listen(channel: string, onNotify: () => void): Promise<void>
}

export interface LockOptions {
  readonly mode: LockMode
  /** Takes the lock from its current holders, which stop as soon as they notice. */
  readonly force?: boolean
  /** How long to wait until other processes release it, in milliseconds. Default: 0. */
  readonly maxWait?: number
  readonly logger: Logger
  readonly stop?: AbortSignal | undefined
}

/** Milliseconds between two checks of a held lock. */
export const checkInterval = 2000
/** Milliseconds after which the previous holders have noticed that the lock was taken by force. */
export const noticePeriod = 2.5 * checkInterval

/** Another process holds the lock in a conflicting mode. */
export class LockedError extends ConfigurationError {
  override readonly name = 'LockedError'
}

export function lockedError(description: string, mode: LockMode): LockedError {
  return new LockedError(
    mode === 'shared'
      ? `${description} is locked: an import, a migration or a key rotation is running. Try again when it has finished.`
      : `${description} is in use by a server or another command. Stop it first.`,
  )
}

export function lostLockError(description: string): ConfigurationError {
  return new ConfigurationError(`${description} was locked by another command with --forcefully-acquire-lock.`)
}
