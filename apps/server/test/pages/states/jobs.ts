import type { PageModel } from '../../../src/http/page-models.ts'
import type { JobItem } from '../../../src/jobs/jobs.ts'
import { anna, day, now } from './common.ts'

const job: JobItem = {
  name: 'rotate-keys',
  intervalMs: 3_600_000,
  isRunning: false,
  nextRunAt: now + 1_200_000,
  lastStartedAt: now - 2_400_000,
  lastRun: { outcome: 'succeeded', finishedAt: now - 2_399_000, took: 1000, error: null },
}

const page = { view: 'jobs', viewer: anna, notes: {}, notice: null } as const

export const jobsStates: Readonly<Record<string, PageModel>> = {
  jobs: { ...page, jobs: [job, { ...job, name: 'send-emails', intervalMs: 5000, nextRunAt: now - 1 }] },
  'jobs-places': {
    ...page,
    notes: { 'refresh-places': { sentence: 'placesFrom', values: { type: 'GeoLite2-City' }, at: now - 3 * day } },
    jobs: [{ ...job, name: 'refresh-places' }],
  },
  'jobs-failed': {
    ...page,
    notes: { 'refresh-places': { sentence: 'placesNone', values: { path: 'data/GeoLite2-City.mmdb' }, at: null } },
    notice: { done: 'requested', job: 'send-emails' },
    jobs: [
      {
        ...job,
        name: 'refresh-authenticator-metadata',
        intervalMs: day,
        lastRun: {
          outcome: 'failed',
          finishedAt: now - 60_000,
          took: 30_000,
          error: 'The blob of metadata could not be read: connect ECONNREFUSED 192.0.2.1:443',
        },
      },
      { ...job, name: 'refresh-places' },
      { ...job, name: 'send-emails', isRunning: true, lastRun: null },
      { ...job, name: 'a-job-of-another-version', lastRun: null },
    ],
  },
}
