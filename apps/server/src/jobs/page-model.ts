import type { Viewer } from '../http/viewer.ts'
import type { JobItem } from './jobs.ts'

/** `/settings/admin/jobs`: what the server does by itself. */
export interface JobsPage {
  readonly view: 'jobs'
  readonly viewer: Viewer
  readonly jobs: readonly JobItem[]
  /** A job that was just asked for, and whether it was running already. */
  readonly notice: { readonly done: 'requested' | 'running'; readonly job: string } | null
}
