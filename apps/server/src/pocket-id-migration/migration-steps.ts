import { setImmediate } from 'node:timers/promises'
import type { ClientProtocol } from '@pocket/core'
import type { SettingsConfig } from '../settings/environment.ts'
import { Batch } from './batch.ts'
import type { MigrationTarget } from './migration-target.ts'
import type { ReportCollector, Subject } from './report.ts'
import type { Source } from './source/source.ts'
import type { SourceRow, SourceTable } from './source/tables.ts'
import type { SourceSecrets } from './source-secrets.ts'

/** The progress of a migration with the rows of one subject. */
export interface Progress {
  readonly subject: Subject
  readonly done: number
  /** Absent if it is not known. */
  readonly total?: number
}

export type ShowProgress = (progress: Progress) => void

/** Dependencies of each step of a migration, and results of the previous steps. */
export interface MigrationContext {
  readonly source: Source
  readonly secrets: SourceSecrets
  readonly target: MigrationTarget
  readonly report: ReportCollector
  readonly showProgress: ShowProgress
  /** The settings that the environment of this server determines. */
  readonly environment: SettingsConfig['settings']
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** The user names of the users that are migrated, by ID. */
  readonly userNames: Map<string, string>
  readonly groupIds: Set<string>
  readonly clientIds: Set<string>
  readonly signupTokenIds: Map<string, string>
  /** The algorithm of the signing key, if this provider uses it too. */
  signingAlgorithm: ClientProtocol['idTokenSignedResponseAlg'] | undefined
}

interface Step<Table extends SourceTable, Row> {
  readonly table: Table
  readonly subject: Subject
  /** `undefined` leaves the row out; the report says why. */
  readonly plan: (row: SourceRow<Table>) => Row | undefined
  readonly write: (rows: readonly Row[]) => Promise<void>
}

export async function migrateTable<Table extends SourceTable, Row>(
  { source, report, showProgress }: MigrationContext,
  { table, subject, plan, write }: Step<Table, Row>,
): Promise<void> {
  const total = await source.count(table)
  const batch = new Batch<Row>(async (rows) => {
    await write(rows)
    showProgress({ subject, done, total })
    // With SQLite every other await continues in a microtask, before signals and requests.
    await setImmediate()
  })
  let done = 0
  for await (const row of source.rows(table)) {
    done++
    report.found(subject)
    const planned = plan(row)
    if (planned === undefined) continue
    report.migrated(subject)
    await batch.add(planned)
  }
  await batch.flush()
  showProgress({ subject, done, total })
}
