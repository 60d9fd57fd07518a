import type { BulkNotice } from '../http/bulk.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { JobItem } from './jobs.ts'

/** A message below `jobs.notes` in the catalog; `at` (milliseconds since the Unix epoch) fills its `{date}`. */
export interface JobNote {
  readonly sentence: string
  readonly values: Readonly<Record<string, string>>
  readonly at: number | null
}

export type JobNotes = Readonly<Record<string, JobNote>>

/** `/settings/admin/jobs`: the background jobs of the server. */
export interface JobsPage extends SignedInPage<'jobs'> {
  readonly list: ListView
  readonly jobs: readonly JobItem[]
  /** The number of jobs whose last run failed, including hidden ones. */
  readonly failed: number
  readonly notes: JobNotes
  /** A job that was just requested, and whether it was already running. */
  readonly notice: { readonly done: 'requested' | 'running'; readonly job: string } | null
  readonly bulkNotice: BulkNotice | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly jobs: JobsPage
  }
}
