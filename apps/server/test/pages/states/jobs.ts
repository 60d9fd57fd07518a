import { readFileSync } from 'node:fs'
import type { ListView } from '../../../src/http/list-view.ts'
import type { PageModel } from '../../../src/http/page-models.ts'
import type { JobItem } from '../../../src/jobs/jobs.ts'
import { anna, day, listOf, now } from './common.ts'

const job: JobItem = {
  name: 'rotate-keys',
  intervalMs: 3_600_000,
  isRunning: false,
  nextRunAt: now + 1_200_000,
  lastStartedAt: now - 2_400_000,
  lastRun: { outcome: 'succeeded', finishedAt: now - 2_399_000, took: 1000, error: null },
}

const list: ListView = {
  ...listOf('/settings/admin/jobs', ['name', 'last', 'took', 'every', 'next'], 4),
  filters: [{ name: 'state', values: ['running', 'failed', 'succeeded', 'never'], chosen: '' }],
}
const page = { view: 'jobs', viewer: anna, list, failed: 0, notes: {}, notice: null, bulkNotice: null } as const

const texts: object = JSON.parse(readFileSync(new URL('../../../locales/en.json', import.meta.url), 'utf8'))
const jobNames = Object.keys(texts).flatMap((key) => (key.startsWith('jobs.names.') ? [key.slice(11)] : []))

export const jobsStates: Readonly<Record<string, PageModel>> = {
  jobs: { ...page, jobs: [job, { ...job, name: 'send-emails', intervalMs: 5000, nextRunAt: now - 1 }] },
  'jobs-all': { ...page, jobs: jobNames.map((name) => ({ ...job, name })) },
  'jobs-places': {
    ...page,
    notes: {
      'refresh-geoip-database': { sentence: 'geoIpFrom', values: { type: 'GeoLite2-City' }, at: now - 3 * day },
    },
    jobs: [{ ...job, name: 'refresh-geoip-database' }],
  },
  'jobs-none': {
    ...page,
    list: {
      ...list,
      columns: list.columns.slice(0, 2),
      total: 0,
      applied: [{ name: 'state', value: 'running', without: '?' }],
    },
    jobs: [],
  },
  'jobs-several': {
    ...page,
    list: {
      ...list,
      columns: list.columns.slice(0, 2),
      choices: list.choices.map((each, index) => ({ ...each, shown: index === 0 })),
    },
    jobs: [job],
    bulkNotice: {
      done: 'run',
      count: 3,
      names: ['Import from LDAP', 'Rotate signing keys', 'Remove expired invitations'],
      refused: [{ name: 'Send e-mails', code: 'job_running' }],
      refusedCount: 1,
      unchanged: 0,
      skipped: 0,
    },
  },
  'jobs-failed': {
    ...page,
    failed: 1,
    notes: {
      'refresh-geoip-database': { sentence: 'geoIpNone', values: { path: 'data/GeoLite2-City.mmdb' }, at: null },
    },
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
      { ...job, name: 'refresh-geoip-database' },
      { ...job, name: 'send-emails', isRunning: true, lastRun: null },
      { ...job, name: 'a-job-of-another-version', lastRun: null },
    ],
  },
}
