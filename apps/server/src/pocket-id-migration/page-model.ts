import type { ImportFile } from './import-folder.ts'
import type { Progress } from './migration-steps.ts'
import type { Finding, MigrationReport } from './report.ts'

/** The error of the previous step. `source` has its own sentence. */
export type MigrationProblem =
  | { readonly code: 'token' | 'no_file' | 'changed' | 'too_large' | 'no_space' | 'no_key' | 'started' }
  | { readonly code: 'source'; readonly reason: string }

/** A report with as many findings as a page can show. */
export interface ReportView {
  readonly counts: MigrationReport['counts']
  readonly findings: readonly Finding[]
  readonly moreFindings: number
  readonly notes: readonly string[]
}

/** `/login/setup/pocket-id`: migrates an instance of Pocket ID into this one, which is empty. */
export interface PocketIdMigrationPage {
  readonly view: 'pocket-id-migration'
  readonly step:
    | { readonly name: 'token' }
    | {
        readonly name: 'source'
        readonly files: readonly ImportFile[]
        readonly folder: string
        readonly maxUploadBytes: number
        /** Whether this server has an `ENCRYPTION_KEY` to try. */
        readonly hasOwnKey: boolean
        readonly chosenFile: string
      }
    | { readonly name: 'report'; readonly report: ReportView; readonly file: string; readonly choice: string }
    | { readonly name: 'running'; readonly progress: readonly Progress[] }
    | { readonly name: 'done'; readonly report: ReportView }
    /** The migration failed, and another process has stored data. */
    | { readonly name: 'elsewhere' }
  readonly problem: MigrationProblem | null
  /** The page must not wait for the database. */
  readonly isOffline?: true
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly pocketIdMigration: PocketIdMigrationPage
  }
}
