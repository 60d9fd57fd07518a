import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice } from '../users/page-model.ts'
import type { JobItem } from './jobs.ts'

/** A sentence below `jobs.notes` in the catalogue; `at` (milliseconds since the Unix epoch) is its `{date}`. */
export interface JobNote {
  readonly sentence: string
  readonly values: Readonly<Record<string, string>>
  readonly at: number | null
}

export type JobNotes = Readonly<Record<string, JobNote>>

/** `/settings/admin/jobs`: what the server does by itself. */
export interface JobsPage {
  readonly view: 'jobs'
  readonly viewer: Viewer
  readonly list: ListView
  readonly jobs: readonly JobItem[]
  /** How many failed the last time, whether they are shown or not. */
  readonly failed: number
  /** What else there is to say of jobs, by their names. */
  readonly notes: JobNotes
  /** A job that was just asked for, and whether it was running already. */
  readonly notice: { readonly done: 'requested' | 'running'; readonly job: string } | null
  /** What became of several that were asked for at once. */
  readonly several: BulkNotice | null
}
