import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { loadMessages } from '../../src/http/messages.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'

/** Seconds. */
const intervals = {
  'end-memberships': 60,
  'notice-expiring-api-keys': 3600,
  'refresh-authenticator-metadata': 86_400,
  'refresh-geoip-database': 3600,
  'remove-discarded-images': 3600,
  'remove-expired': 180,
  'remove-expired-signup-tokens': 3600,
  'remove-old-audit-entries': 3600,
  'remove-old-emails': 3600,
  'remove-unused-clients': 3600,
  'seal-audit-log': 600,
  'remove-unverified-signups': 3600,
  'rotate-keys': 60,
  'send-emails': 5,
  'send-logout-notices': 5,
  'send-recovery-codes': 60,
  'sync-ldap': 3600,
  'sync-scim': 30,
}

describe('jobs', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  interface JobDto {
    readonly name: string
    readonly intervalSeconds: number
    readonly isRunning: boolean
    readonly nextRunAt: string
    readonly lastRun: { readonly outcome: string; readonly finishedAt: string; readonly tookMs: number } | null
  }
  const jobs = async () => (await instance.call('GET /api/jobs')).json as unknown as readonly JobDto[]

  test('gives every job a readable name', async () => {
    const messages = await loadMessages(fileURLToPath(new URL('../../locales/en.json', import.meta.url)))
    const names = (await jobs()).map(({ name }) => name)
    expect(names).toContain('rotate-keys')
    expect(names.filter((name) => !messages.has(`jobs.names.${name}`))).toEqual([])
  })

  test('runs every periodic task as a job, once after the start', async () => {
    let seen = await jobs()
    while (seen.some(({ isRunning, lastRun }) => isRunning || lastRun === null)) seen = await jobs()
    const found = Object.fromEntries(seen.map((job) => [job.name, [job.intervalSeconds, job.lastRun?.outcome]]))
    const expected = Object.entries(intervals).map(([name, seconds]) => [name, [seconds, 'succeeded']])
    expect(found).toMatchObject(Object.fromEntries(expected))
  })

  test('runs a job immediately for an administrator', async () => {
    const findJob = async () => (await jobs()).find(({ name }) => name === 'remove-old-emails')
    const waitForEnd = async (after: string) => {
      for (;;) {
        const job = await findJob()
        if (job?.lastRun && !job.isRunning && job.lastRun.finishedAt > after) return job
      }
    }
    const first = await waitForEnd('')
    expect(first.intervalSeconds).toBe(3600)
    expect((await instance.call('POST /api/jobs/{name}/run', { params: { name: first.name } })).status).toBe(202)
    const second = await waitForEnd(first.lastRun?.finishedAt ?? '')
    expect(second.lastRun).toEqual({ ...second.lastRun, outcome: 'succeeded', error: null })
    expect(findAuditEvents(instance, 'job_requested')).toEqual([expect.objectContaining({ job: 'remove-old-emails' })])
  })

  test('returns not found for an unknown job', async () => {
    const response = await instance.call('POST /api/jobs/{name}/run', { params: { name: 'mine-bitcoin' } })
    expect([response.status, response.json.code]).toEqual([404, 'job_not_found'])
  })
})
