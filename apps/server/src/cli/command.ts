import type { Readable, Writable } from 'node:stream'
import type { KeyReplacement } from '@pocket/core'
import type { Command } from 'commander'
import type { AuditVerification } from '../audit-log/audit-chain.ts'
import type { Config } from '../composition/config.ts'
import type { Configuration } from '../configuration-file/configuration.ts'
import type { Finding } from '../diagnosis/finding.ts'
import type { ApiRequest, ApiResponse } from '../http/call-api.ts'
import type { Logger } from '../logging/logger.ts'
import type { KeyRotationOptions } from '../signing-keys/rotation.ts'
import type { Measure } from '../telemetry/metrics.ts'

interface SetUpUrls {
  readonly url: string
  /** The page that migrates an instance of Pocket ID, and its token; `null` if there are users or clients. */
  readonly migration: { readonly url: string; readonly token: string } | null
}

export interface Instance extends AsyncDisposable {
  /** Aborted when another process has taken over the database. */
  readonly lockLost: AbortSignal
  /** Starts listening; `setUp` has the URL of the set-up page if no administrator exists yet. */
  listen(): Promise<{ readonly url: string; readonly setUp: SetUpUrls | null }>
  /** Resolves when other processes may serve too; rejects if aborted. */
  canShare(signal: AbortSignal): Promise<void>
  /** Announces the stop to proxies and clients, and serves them for some more seconds. */
  drain(): Promise<void>
  /** `expiresAt` in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly url: string; readonly expiresAt: number }>
  issueBreakGlassCode(name: string): Promise<{ readonly code: string; readonly url: string }>
  /** The passkeys of the user with this user name or e-mail address. */
  listPasskeys(name: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Removes a passkey, even the last one, and ends its sessions. `reviewUrl` lists the credentials that were created with it. */
  removePasskey(name: string, id: string): Promise<{ readonly name: string; readonly reviewUrl: string | null }>
  /** Replaces the signing key of one algorithm; by default the keys of all algorithms. */
  rotateKeys(rotation: KeyRotationOptions): Promise<readonly KeyReplacement[]>
  /** Runs all checks; the most severe findings first. */
  diagnose(): Promise<readonly Finding[]>
  readonly configuration: Pick<Configuration, 'dryRun' | 'apply' | 'export'>
  verifyAuditLog(expected?: string): Promise<AuditVerification>
  measure: Measure
  /** Calls the REST API as the command line. */
  callApi(request: ApiRequest): Promise<ApiResponse>
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
