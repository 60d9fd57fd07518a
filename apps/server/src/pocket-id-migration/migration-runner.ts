import type { MigrationReport } from './report.ts'

/** A source with its key, as an operator chose them. */
export interface ChosenSource {
  readonly path: string
  readonly encryptionKey: Buffer
}

export type MigrationOutcome =
  | { readonly report: MigrationReport }
  /** The sentence for the operator. */
  | { readonly reason: string }

/** Runs the migration and replaces this instance by one with the migrated data. Outlives the replaced instance. */
export interface MigrationRunner {
  /** Of the last migration in this process. */
  readonly outcome: MigrationOutcome | undefined
  /**
   * Starts unless a migration is running.
   *
   * @param page - what every request receives until the new instance serves
   */
  start(source: ChosenSource, page: string): void
  /** Lets uploads take longer than other requests until disposed. */
  allowSlowRequests(): Disposable
}
