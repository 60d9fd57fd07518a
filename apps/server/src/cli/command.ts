import type { KeyReplacement } from '@pocket/core'
import type { Config } from '../config/load.ts'
import type { Logger } from '../logging/logger.ts'
import type { KeyRotationOptions } from '../signing-keys/rotation.ts'

/** What the commands need of an instance. */
export interface Instance extends AsyncDisposable {
  /** Begins to answer; `setUpUrl` is the address of the set-up page where nobody is set up yet. */
  listen(): Promise<{ readonly url: string; readonly setUpUrl: string | null }>
  /** `expiresAt` in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly url: string; readonly expiresAt: number }>
  /** The passkeys of the user with this name or e-mail address. */
  passkeysOf(name: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Removes a passkey, even the last one, and ends the sessions that it led to. Resolves to where the rest is reviewed. */
  removePasskey(name: string, id: string): Promise<{ readonly name: string; readonly reviewUrl: string | null }>
  /** Replaces the signing key of an algorithm, by default those of all. */
  rotateKeys(rotation: KeyRotationOptions): Promise<readonly KeyReplacement[]>
}

/** What a command reaches of the world outside. */
export interface CommandContext {
  readonly version: string
  /** @throws {InvalidConfig} */
  readonly readConfig: () => Config
  /** Rejects where `stop` is aborted before it is done. */
  readonly createApp: (config: Config, logger: Logger, stop?: AbortSignal) => Promise<Instance>
  /** Writes a line of the command's answer. */
  readonly print: (line: string) => void
  /** Asks for a yes; `undefined` where nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean | undefined>
  /** Writes a line about what went wrong. */
  readonly printError: (line: string) => void
  readonly createLogger: (config: Config) => Logger
  /** Aborted when a person or the system asks this process to end. */
  readonly stop: AbortSignal
}

export interface Command {
  /** What is written behind `pocket-id`. */
  readonly usage: string
  readonly summary: string
  /**
   * @param args what stands behind the command's name
   * @returns the exit code
   * @throws {UsageError} where the arguments are wrong
   */
  run(args: readonly string[], context: CommandContext): Promise<number>
}

/** The command line itself is wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
