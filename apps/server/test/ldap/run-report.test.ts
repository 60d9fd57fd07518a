import { describe, expect, test } from '@jest/globals'
import type { LdapEntries } from '@pocket/directory'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { createLdapRunStore } from '../../src/ldap/ldap-run-store.ts'
import { createLdapSync, type LdapSyncDeps } from '../../src/ldap/ldap-sync.ts'
import { defaultValues } from '../../src/settings/definitions.ts'
import { startCalledInstance } from '../api/calls.ts'
import { recordStatements } from '../sent-statements.ts'

const statements = recordStatements()
const pagePath = '/settings/admin/ldap'

describe.each(databaseKinds)('the report of a run on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  /** A dry run of a directory with this many entries that are skipped. */
  const dryRun = async (count: number) => {
    const problems = Array.from({ length: count }, (_, number) => ({
      dn: `uid=${number}`,
      code: 'id_missing' as const,
    }))
    const entries: LdapEntries = { people: [], groups: [], problems }
    const deps: Partial<LdapSyncDeps> = {
      ldap: instance.app.directory.ldap,
      runs: createLdapRunStore(statements.database()),
      settings: async () => defaultValues,
      source: () => ({ read: async () => entries }),
      clock: { now: Date.now },
      stop: new AbortController().signal,
    }
    const origin = { ipAddress: '', userAgent: '', requestId: '' }
    return createLdapSync(deps as LdapSyncDeps).dryRun({ id: 'ada', origin } as never, 'page')
  }
  const get = (path: string) => instance.administrator.get(instance.url + path)
  const countLines = (text: string) => text.match(/^problem,uid=\d+,,id_missing,,\r$/gm)?.length

  test('leads to all lines of an older run', async () => {
    const older = await dryRun(250)
    const newer = await dryRun(3)
    const page = await get(`${pagePath}?run=${older.id}`)
    expect(page.text).toContain('and 50 more')
    const [, path = ''] = /href="([^"]+\/plan\.csv\?run=[^"]+)">Export as CSV/.exec(page.text) ?? []
    const file = await get(path)
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="ldap-plan.csv"')
    expect([file.status, countLines(file.text)]).toEqual([200, 250])
    expect(countLines((await get(`${pagePath}/plan.csv?run=${newer.id}`)).text)).toBe(3)
    expect((await get(`${pagePath}/plan.csv?run=another`)).status).toBe(404)
    expect((await instance.agent().get(`${instance.url}${path}`)).status).toBe(303)
  })

  test('is deleted with the run', async () => {
    const store = createLdapRunStore(statements.database())
    const older = await dryRun(250)
    expect(await store.findCsv(older.id)).toContain('uid=249')
    await store.add({ ...older, id: crypto.randomUUID(), startedAt: older.startedAt + 1 }, 1)
    expect([await store.find(older.id), await store.findCsv(older.id)]).toEqual([undefined, undefined])
  })
})
