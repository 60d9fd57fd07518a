import type { Readable, Writable } from 'node:stream'
import type { Command } from 'commander'
import type { App } from '../app.ts'
import type { Config } from '../composition/config.ts'
import type { Logger } from '../logging/logger.ts'

/** The parts of a server instance that commands use. */
export interface Instance extends Omit<App, 'pocket' | 'directory' | 'issueLoginCode' | 'listPasskeys'> {
  /** `expiresAt` in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly url: string; readonly expiresAt: number }>
  listPasskeys(name: string): Promise<readonly { readonly id: string; readonly name: string }[]>
}

export interface CommandContext {
  readonly version: string
  /** @throws {InvalidConfigError} */
  readonly readConfig: () => Config
  /** Rejects if `stop` is aborted before start-up completes. */
  readonly createApp: (config: Config, logger: Logger, stop?: AbortSignal) => Promise<Instance>
  /** Replaces the line that shows how far a command is, if there is a terminal; an empty line removes it. */
  readonly showProgress: (line: string) => void
  readonly print: (line: string) => void
  /** Asks for confirmation; resolves to `undefined` if there is no terminal. */
  readonly confirm: (question: string) => Promise<boolean | undefined>
  /** Asks for text; resolves to `undefined` if there is no terminal. */
  readonly ask: (question: string) => Promise<string | undefined>
  /** Asks for a secret without showing it; resolves to `undefined` if there is no terminal. */
  readonly askSecret: (question: string) => Promise<string | undefined>
  readonly stdin: Readable
  readonly stdout: Writable
  readonly printError: (line: string) => void
  readonly createLogger: (config: Config) => Logger
  /** Aborted when the process is asked to stop; the reason is an `AbortError` with the name of the signal. */
  readonly stop: AbortSignal
}

/** Adds a command to the program. Its action succeeds, or throws one of the errors below. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** The exit codes of the program, which scripts rely on. */
export const exitCodes = { success: 0, failure: 1, usage: 2 } as const

/** An expected failure, printed without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: number = exitCodes.failure
}

/** The command line arguments are invalid. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError'
  override readonly exitCode = exitCodes.usage
}
