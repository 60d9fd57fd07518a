import { nameKey } from '@pocket/directory/internal'
import { type ListRequest, offsetOf, type Page } from '../http/api/list.ts'
import type { ListPageDefinition } from '../http/list-page.ts'
import type { Messages } from '../http/messages.ts'
import type { JobItem } from './jobs.ts'

export const jobsPath = '/settings/admin/jobs'

const states = ['running', 'failed', 'succeeded', 'never'] as const

export const jobList: ListPageDefinition = {
  path: jobsPath,
  columns: [
    { name: 'name', sort: 'name' },
    { name: 'last', sort: 'last', choice: 'shown' },
    { name: 'took', sort: 'took', choice: 'shown' },
    { name: 'every', sort: 'every', choice: 'shown' },
    { name: 'next', sort: 'next', choice: 'shown' },
  ],
  filters: { state: states },
  sort: { column: 'name', descending: false },
}

type JobMessages = Pick<Messages, 'text' | 'has' | 'compare'>

export function jobName(name: string, { text, has }: JobMessages): string {
  return has(`jobs.names.${name}`) ? text(`jobs.names.${name}`) : name
}

/** One page of the job list; there are few jobs, all in memory. */
export function pageOfJobs(jobs: readonly JobItem[], request: ListRequest, messages: JobMessages): Page<JobItem> {
  const searchKey = nameKey(request.search)
  const selectedStates = request.filters.state ?? []
  const namedJobs = jobs
    .map((job) => ({ job, name: jobName(job.name, messages) }))
    .filter(({ name }) => nameKey(name).includes(searchKey))
    .filter(({ job }) => selectedStates.length === 0 || selectedStates.includes(stateOf(job)))
  const column = request.sort?.column ?? ''
  const direction = request.sort?.descending ? -1 : 1
  namedJobs.sort(
    (a, b) => direction * (sortValue(a.job, column) - sortValue(b.job, column) || messages.compare(a.name, b.name)),
  )
  const offset = offsetOf(request, namedJobs.length)
  return { total: namedJobs.length, items: namedJobs.slice(offset, offset + request.limit).map(({ job }) => job) }
}

function stateOf({ isRunning, lastRun }: JobItem): (typeof states)[number] {
  return isRunning ? 'running' : (lastRun?.outcome ?? 'never')
}

/** Unknown values sort first. */
function sortValue({ intervalMs, nextRunAt, lastRun }: JobItem, column: string): number {
  if (column === 'last') return lastRun?.finishedAt ?? 0
  if (column === 'took') return lastRun?.took ?? 0
  if (column === 'every') return intervalMs
  return column === 'next' ? nextRunAt : 0
}
