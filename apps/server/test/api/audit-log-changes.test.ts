import { describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'
import { changeSettings } from './setting-calls.ts'

interface Entry {
  readonly event: string
  readonly userID: string | null
  readonly changes?: Readonly<Record<string, unknown>>
  readonly occurrences?: number
}

function fieldsOf(json: Readonly<Record<string, unknown>>): readonly string[] {
  const { fields } = json.details as { readonly fields: readonly { readonly field: string }[] }
  return fields.map(({ field }) => field)
}

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  async function listEntries(query: string): Promise<readonly Entry[]> {
    const { json } = await instance.call('GET /api/audit-logs/all', { query: `?pagination[limit]=100&${query}` })
    return json.data as readonly Entry[]
  }
  const countEntries = async (query: string) => {
    const { json } = await instance.call('GET /api/audit-logs/all', { query })
    return (json.pagination as { readonly totalItems: number }).totalItems
  }
  const countEventsOf = (id: string, event: string) => listEntries(`filters[userID]=${id}&filters[event]=${event}`)

  test('records the changes of an administrator with the previous values', async () => {
    const { id, json } = await createPerson(instance, { firstName: 'Grace' })
    await instance.call('PUT /api/users/{id}', { params: { id }, body: { ...json, firstName: 'Anna' } })
    const [updated] = await countEventsOf(id, 'ACCOUNT_UPDATED')
    expect(updated?.changes).toEqual({ firstName: { before: 'Grace', after: 'Anna' } })
    await instance.call('PUT /api/users/{id}', { params: { id }, body: { ...json, firstName: 'Anna', disabled: true } })
    const [disabled] = await countEventsOf(id, 'ACCOUNT_DISABLED')
    expect(disabled?.changes).toEqual({ disabled: { before: false, after: true } })
    const body = [{ key: 'team', value: 'blue' }]
    await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: id }, body })
    const [claims] = await countEventsOf(id, 'ACCOUNT_CLAIMS_CHANGED')
    expect(claims?.changes).toEqual({ team: { before: null, after: 'blue' } })
    const [created] = await countEventsOf(id, 'USER_CREATED')
    expect(created?.changes).toMatchObject({ firstName: { before: null, after: 'Grace' } })
    await instance.call('DELETE /api/users/{id}', { params: { id } })
    const [removed] = await countEventsOf(id, 'ACCOUNT_REMOVED')
    expect(removed?.changes).toMatchObject({ firstName: { before: 'Anna', after: null } })
  })

  test('records changes of clients and groups without secrets', async () => {
    const callbackURLs = ['https://app.example/cb']
    const created = await instance.call('POST /api/oidc/clients', { body: { name: 'Before', callbackURLs } })
    const params = { id: String(created.json.id) }
    await instance.call('PUT /api/oidc/clients/{id}', { params, body: { name: 'After', callbackURLs } })
    const minted = await instance.call('POST /api/oidc/clients/{id}/secrets', { params, body: {} })
    const found = await listEntries('filters[clientName]=After')
    const changesOf = (event: string) => found.find((entry) => entry.event === event)?.changes
    expect(changesOf('CLIENT_UPDATED')).toMatchObject({ name: { before: 'Before', after: 'After' } })
    expect(changesOf('CLIENT_SECRET_ADDED')).toEqual({ secret: { before: null, after: '(redacted)' } })
    expect(JSON.stringify(found)).not.toContain(String(minted.json.secret))

    const group = await instance.call('POST /api/user-groups', { body: { name: 'crew', friendlyName: 'Crew' } })
    const body = { name: 'crew', friendlyName: 'The crew' }
    await instance.call('PUT /api/user-groups/{id}', { params: { id: String(group.json.id) }, body })
    const [renamed] = await listEntries('filters[event]=GROUP_UPDATED')
    expect(renamed?.changes).toEqual({ friendlyName: { before: 'Crew', after: 'The crew' } })
  })

  test('records that a secret setting changed, but not its value', async () => {
    await changeSettings(instance, { appName: 'Changed', smtpPassword: 'hidden-from-all' })
    const [entry] = await listEntries('filters[event]=SETTINGS_CHANGED')
    expect(entry?.changes).toEqual({
      appName: { before: 'Pocket ID', after: 'Changed' },
      smtpPassword: { before: '', after: '(redacted)' },
    })
  })

  test('records the set-up and logouts', async () => {
    const { id, agent } = await instance.person('leaves')
    await agent.postForm(`${instance.url}/logout`, { logout: 'yes' })
    expect(await countEventsOf(id, 'SIGNED_OUT')).toHaveLength(1)
    expect(await listEntries('filters[event]=SETUP_COMPLETED')).toHaveLength(1)
  })

  test('searches entries case-insensitively and treats every character literally', async () => {
    const { id } = await createPerson(instance, { firstName: 'Jos\u00e9_100%' })
    const search = async (term: string) =>
      (await listEntries(`search=${encodeURIComponent(term)}`)).map(({ userID }) => userID)
    for (const term of ['JOSE\u0301_100%', 'jos\u00c9_1']) expect([term, await search(term)]).toEqual([term, [id]])
    expect(await search('jos\u00e9%100')).toEqual([])
  })

  test('filters entries by a time range', async () => {
    const everything = await countEntries('')
    expect(await countEntries('?to=2001-02-03')).toBe(0)
    expect(await countEntries('?from=2999-01-01T00:00:00Z')).toBe(0)
    expect(await countEntries('?from=2001-02-03T04:05:06.789%2B02:00&to=2999-12-31')).toBe(everything)
    const refused = await instance.call('GET /api/audit-logs/all', { query: '?from=yesterday&to=2026-02-31' })
    expect([refused.status, fieldsOf(refused.json)]).toEqual([400, ['from', 'to']])
  })

  test('merges repeated rejections into one entry with their count and the latest source', async () => {
    for (let i = 0; i < 30; i += 1) await instance.agent().postForm(`${instance.url}/lc`, { code: `WRONG${i}` })
    const found = await listEntries('filters[event]=SIGN_IN_FAILED')
    // Two entries if the hour ended in between.
    expect(found.length).toBeLessThanOrEqual(2)
    expect(found.reduce((sum, { occurrences = 0 }) => sum + occurrences, 0)).toBe(30)
    const lastOccurredAt = expect.any(String)
    expect(found.find(({ occurrences = 0 }) => occurrences > 1)).toMatchObject({
      ipAddress: '127.0.0.1',
      lastIpAddress: '127.0.0.1',
      lastOccurredAt,
    })
  })

  test('exports the whole log and escapes names that look like formulas', async () => {
    const formula = '=HYPERLINK("https://evil.example")'
    const { id } = await createPerson(instance, { firstName: formula })
    const body = { name: '=1+2, "so"', callbackURLs: ['https://app.example/cb'] }
    await instance.call('POST /api/oidc/clients', { body })
    const before = await countEntries('')
    const path = `${instance.url}/api/audit-logs/export`
    const lines = await instance.administrator.get(`${path}?format=jsonl`)
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    expect(lines.headers.get('content-disposition')).toBe('attachment; filename="audit-log.jsonl"')
    const texts = lines.text.trimEnd().split('\n')
    const records = texts.map((line): Record<string, unknown> => JSON.parse(line))
    // The export is recorded as a separate entry.
    expect(records).toHaveLength(before + 1)
    expect(records[0]).toMatchObject({ event: 'AUDIT_LOG_EXPORTED', username: 'ada', data: { format: 'jsonl' } })
    const created = records.find(({ userID, event }) => userID === id && event === 'USER_CREATED')
    expect(created).toMatchObject({ changes: { firstName: { after: formula } } })

    const file = await instance.administrator.get(`${path}?format=csv&filters[event]=CLIENT_CREATED&search=1%2B2`)
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    const [head, line, rest] = file.text.split('\r\n')
    expect(head).toMatch(/^id,createdAt,lastAt,occurrences,event,/)
    expect(line).toContain(`,"'=1+2, ""so""",`)
    expect(rest).toBe('')
    // Exports any number of selected entries; an empty user ID means no user.
    const ids = [created?.id, records[0]?.id, ''].map((each) => ['filters[id]', String(each)])
    const selected = await instance.administrator.get(`${path}?format=jsonl&${new URLSearchParams(ids)}`)
    const input = selected.text.trimEnd().split('\n')
    expect(input.map((line) => JSON.parse(line).id)).toEqual([records[0]?.id, created?.id])
    const nothing = await instance.administrator.get(`${path}?format=jsonl&filters[id]=`)
    expect([nothing.status, nothing.text]).toEqual([200, ''])

    const refused = await instance.administrator.getJson(`${path}?format=xml`)
    expect([refused.status, refused.json()]).toEqual([400, expect.objectContaining({ code: 'validation_failed' })])
  })
})
