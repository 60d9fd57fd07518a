import type { IncomingMessage } from 'node:http'
import type { Progress } from './migration-steps.ts'
import type { MigrationReport } from './report.ts'

/** A source with its key, as an operator chose them. */
export interface ChosenSource {
  readonly path: string
  readonly encryptionKey: Buffer
}

export type MigrationOutcome = { readonly report: MigrationReport } | { readonly reason: string }

/** Renders the page that every request receives until the new instance serves; needs no database. */
export type RenderProgress = (progress: readonly Progress[], req: IncomingMessage) => Promise<string>

/** Runs the migration and replaces this instance by one with the migrated data. Outlives the replaced instance. */
export interface MigrationRunner {
  /** Of the last migration in this process. */
  readonly outcome: MigrationOutcome | undefined
  /** Returns `false` if a migration is already running. */
  start(source: ChosenSource, render: RenderProgress): boolean
  /** Lets uploads take longer than other requests until disposed. */
  allowSlowRequests(): Disposable
}
