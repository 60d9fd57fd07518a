import type { PageModel } from '../../../src/http/page-models.ts'
import { anna, day, now } from './common.ts'

const page = { view: 'backups', viewer: anna, download: null, recipient: '', problems: [] } as const
const status = {
  kind: 'folder',
  target: '/mnt/share/backups',
  isOnSameDisk: false,
  intervalMs: day,
  lastAt: now - day / 4,
  problem: null,
} as const
const job = {
  name: 'backup',
  intervalMs: day,
  isRunning: false,
  nextRunAt: now + day / 2,
  lastStartedAt: now - day / 4,
  lastRun: { outcome: 'succeeded', finishedAt: now - day / 4, took: 9000, error: null },
} as const

export const backupsStates: Readonly<Record<string, PageModel>> = {
  backups: { ...page, scheduled: { status, job } },
  'backups-off': { ...page, scheduled: null, download: 'started' },
  'backups-failed': {
    ...page,
    scheduled: {
      status: { ...status, target: 'data/backups', isOnSameDisk: true, lastAt: null },
      job: {
        ...job,
        lastRun: { ...job.lastRun, outcome: 'failed', error: 'ENOSPC: no space left on device, write' },
      },
    },
    download: 'busy',
  },
  'backups-unknown': {
    ...page,
    scheduled: {
      status: { ...status, kind: 'bucket', target: 'pocket', lastAt: null, problem: '403 AccessDenied' },
      job: { ...job, isRunning: true, lastRun: null },
    },
  },
  'backups-invalid': {
    ...page,
    scheduled: null,
    recipient: 'age1x',
    problems: [
      { field: 'passphrase', code: 'too_short', message: '' },
      { field: 'repeated', code: 'invalid', message: '' },
      { field: 'recipient', code: 'invalid_format', message: '' },
    ],
  },
}
