import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { shareBetweenTests } from '@pocket/test-support'
import type { AuditEntry } from '../../src/audit-log/audit-entry.ts'
import { auditLine, noKnownSubjects } from '../../src/audit-log/audit-line.ts'
import { changeView } from '../../src/audit-log/change-view.ts'
import { eventNames } from '../../src/audit-log/event-names.ts'
import { loadMessages } from '../../src/http/messages.ts'
import { settingKeys } from '../../src/settings/definitions.ts'
import { startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'
import { auditEntry } from '../audit-log/audit-entry.ts'

const own = '/settings/audit-log'
const all = '/settings/admin/audit-log'
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

const get = (path: string, agent = instance.administrator) => agent.get(instance.url + path)

describe('every event', () => {
  const entry = auditEntry({ id: '1', event: '', accountId: 'a', accountName: 'anna' })

  test('has a label', async () => {
    const messages = await loadMessages(fileURLToPath(new URL('../../locales/en.json', import.meta.url)))
    expect(eventNames.filter((event) => !messages.has(`auditLog.filters.event.${event}`))).toEqual([])
  })

  test('names who was affected and who acted, and omits the user from their own log', () => {
    const line = (parts: Partial<AuditEntry>, perspective: 'own' | 'all') => {
      const { subjects, actor } = auditLine({ ...entry, ...parts }, perspective, noKnownSubjects)
      return [...subjects.map(({ name }) => name), actor?.name]
    }
    expect(line({ event: 'ACCOUNT_UPDATED' }, 'own')).toEqual([undefined])
    expect(line({ event: 'ACCOUNT_UPDATED', actorId: 'b', actorName: 'eve' }, 'own')).toEqual(['eve'])
    expect(line({ event: 'ACCOUNT_UPDATED', actorId: 'b', actorName: 'eve' }, 'all')).toEqual(['anna', 'eve'])
    expect(line({ event: 'CLIENT_REMOVED', accountId: null, clientName: 'Photos' }, 'all')).toEqual([
      'Photos',
      undefined,
    ])
    const renamed = { name: { before: 'old', after: 'new' } }
    expect(line({ event: 'CLIENT_UPDATED', clientName: 'Photos', changes: renamed }, 'own')).toEqual([
      'Photos',
      undefined,
    ])
    expect(line({ event: 'GROUP_UPDATED', changes: renamed }, 'own')).toEqual(['new', undefined])
  })
})

test('has a label for each setting and each field of a client, a group and a user', async () => {
  const messages = await loadMessages(fileURLToPath(new URL('../../locales/en.json', import.meta.url)))
  const findUnlabeled = (event: string, fields: readonly string[]) => {
    const changes = Object.fromEntries(fields.map((field) => [field, { before: null, after: 'x' }]))
    return changeView(event, changes, () => undefined)
      .filter(({ labels }) => !labels.some((label) => messages.has(label)))
      .map(({ field }) => field)
  }
  expect(findUnlabeled('SETTINGS_CHANGED', settingKeys)).toEqual([])
  const client = await instance.app.pocket.clients.create({ name: 'Every field', redirectUris: [] })
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, protocol, ...clientFields } = client
  const unaudited = new Set(['secrets', 'pkceSupported', 'unusedSince', 'metadataExpiresAt', 'registration'])
  const names = [...Object.keys(clientFields), ...Object.keys(protocol)].filter((name) => !unaudited.has(name))
  expect(findUnlabeled('CLIENT_UPDATED', names)).toEqual([])
  expect(findUnlabeled('GROUP_UPDATED', ['name', 'friendlyName', 'requiresTwoPasskeys', 'claims', 'members'])).toEqual(
    [],
  )
  const profile = ['userName', 'email', 'emailVerified', 'firstName', 'lastName', 'displayName', 'administrator']
  expect(findUnlabeled('ACCOUNT_UPDATED', [...profile, 'disabled', 'locale', 'groups', 'claims'])).toEqual([])
})

test('names changed fields, options and referenced objects in words', async () => {
  const created = await instance.call('POST /api/user-groups', {
    body: { name: freshName(), friendlyName: 'The crew' },
  })
  const groupId = String(created.json.id)
  const client = await instance.app.pocket.clients.create({ name: 'Library', redirectUris: [] })
  await instance.call('PUT /api/user-groups/{id}/allowed-oidc-clients', {
    params: { id: groupId },
    body: { oidcClientIds: [client.id] },
  })
  const stored = await instance.call('GET /api/application-configuration/all')
  const values = Object.fromEntries(
    (stored.json as unknown as readonly { readonly key: string; readonly value: string }[]).map(({ key, value }) => [
      key,
      value,
    ]),
  )
  await instance.call('PUT /api/application-configuration', {
    body: {
      ...values,
      allowUserSignups: 'withToken',
      smtpTls: 'tls',
      signupDefaultUserGroupIDs: JSON.stringify([groupId]),
    },
  })
  const { text } = await get(all)
  const changes = [...text.matchAll(/<tr role="row"><td role="cell">(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row.replaceAll(/<\/td>/g, '|').replaceAll(/<[^>]*>/g, ''),
  )
  expect(changes).toContain('Sign-up|Disabled|With an invitation|')
  expect(changes).toContain('E-mail: Encryption|None|TLS|')
  expect(changes).toContain('Groups|–|The crew|')
  expect(changes).toContain('Clients|–|Library|')
  expect(text).not.toContain('<code>allowUserSignups</code>')
})

describe('the log of the current user', () => {
  test('shows only the events of the user, as text', async () => {
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    await instance.call('PUT /api/users/{id}', {
      params: { id },
      body: { username: 'ownlog', email: 'ownlog@example.com', firstName: 'Olga' },
    })
    const page = await get(own, agent)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Login code sign-in')
    expect(page.text).toMatch(/User changed<\/span> <span>· by <strong><bdi>[^<]+<\/bdi><\/strong>/)
    expect(page.text).not.toContain('<span>Set-up')
    expect(page.text).not.toContain('/settings/admin/')
  })

  test('is filtered by event and date, and shows its filters', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const filtered = await get(`${own}?filters[event]=SIGN_IN`, agent)
    expect(filtered.text).toContain('Nothing matches')
    const past = await get(`${own}?from=2020-01-01&to=2020-02-01`, agent)
    expect(past.text).toContain('To: Feb 1, 2020')
    expect(past.text).toContain('Nothing matches')
    const here = await get(`${own}?from=2020-01-01&to=2020-02-31`, agent)
    expect(here.text).toContain('Login code sign-in')

    // The first day counts from its start, and the last day to its end.
    const [at = ''] = /(?<=<time datetime=")[^"]+/.exec(here.text) ?? []
    const entered = Date.parse(at)
    const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
    const [today, next] = [dayOf(entered), dayOf(entered + 86_400_000)]
    const within = await get(`${own}?from=${today}&to=${today}`, agent)
    expect(within.text).toContain('Login code sign-in')
    expect((await get(`${own}?from=${next}`, agent)).text).toContain('Nothing matches')
  })
})

describe('the log of all users', () => {
  test('is restricted to administrators, also at the path of Pocket ID', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    expect([(await get(all, agent)).status, (await get(all, instance.agent())).status]).toEqual([403, 303])
    const long = await get(`/settings/audit-log/global?search=${'x'.repeat(12_000)}`, instance.administrator)
    expect(long.location).toBe(`${instance.url}${all}`)
    const there = await get('/settings/audit-log/global?search=x', instance.administrator)
    expect([there.status, there.location]).toEqual([303, `${instance.url}${all}?search=x`])
  })

  test('shows actor, action and target, with links and previous values', async () => {
    const person = await instance.personWithoutPasskey(freshName())
    const name = freshName()
    await instance.call('PUT /api/users/{id}', {
      params: { id: person.id },
      body: { username: name, email: `${name}@example.com`, firstName: '<b>Before' },
    })
    await instance.call('PUT /api/users/{id}', {
      params: { id: person.id },
      body: { username: name, email: `${name}@example.com`, firstName: 'After' },
    })
    const { text } = await get(`${all}?filters[userID]=${person.id}&filters[event]=ACCOUNT_UPDATED`)
    expect(text).toMatch(/User changed<\/span> <strong>· <bdi>[^<]+<\/bdi><\/strong> <span>· by <strong><bdi>/)
    expect(text).toContain(`href="/settings/admin/users/${person.id}"`)
    expect(text).toMatch(/data-label="Before"><bdi>&lt;b&gt;Before<\/bdi>.*?data-label="After"><bdi>After<\/bdi>/s)
    expect(text).toContain(`<input type="hidden" name="filters[userID]" value="${person.id}">`)
  })

  test('names groups, and does not link to deleted objects', async () => {
    const body = { name: freshName(), friendlyName: 'Bookworms' }
    const { json } = await instance.call('POST /api/user-groups', { body })
    const created = (await get(`${all}?filters[event]=GROUP_CREATED`)).text
    expect(created).toContain(' <strong>· <bdi>Bookworms</bdi></strong>')
    expect(created).toContain(`href="/settings/admin/user-groups/${json.id}"`)
    await instance.call('DELETE /api/user-groups/{id}', { params: { id: String(json.id) } })
    expect((await get(`${all}?filters[event]=GROUP_CREATED`)).text).not.toContain(`/user-groups/${json.id}`)
  })

  test('weighs at most 60 kB uncompressed, for any number of users and clients', async () => {
    const { directory, pocket } = instance.app
    await directory.withLock(async () => {
      for (let number = 0; number < 220; number += 1)
        await directory.create(newUser({ username: `weighed${number}`, firstName: 'Weighed' }))
    })
    for (let number = 0; number < 220; number += 1)
      await pocket.clients.create({ name: `Weighed ${number}`, redirectUris: [] })
    for (let number = 0; number < 10; number += 1)
      await instance.call('POST /api/user-groups', { body: { name: freshName(), friendlyName: 'Weighed' } })
    const { text } = await get(all)
    expect(text.match(/<details name="entry">/g)).toHaveLength(20)
    expect(Buffer.byteLength(text)).toBeLessThan(60_000)
    expect(text).not.toContain('weighed219')
    // Users beyond any page of options are found by the picker.
    const found = await instance.administrator.getJson(`${instance.url}/settings/admin/choices/users?query=weighed219`)
    expect(found.json()).toMatchObject({ items: [{ detail: 'weighed219' }] })
  })

  test('shows twenty values of a change, and all of them on a page of the entry', async () => {
    const person = await instance.personWithoutPasskey(freshName())
    const groups = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const { json } = await instance.call('POST /api/user-groups', {
          body: { name: freshName(), friendlyName: 'Many' },
        })
        return String(json.id)
      }),
    )
    await instance.call('PUT /api/users/{id}/user-groups', {
      params: { id: person.id },
      body: { userGroupIds: groups },
    })
    const valuesOf = (page: string) => [...page.matchAll(/<bdi>person\d+<\/bdi>(?:, | |<\/td>)/g)]
    const { text } = await get(`${all}?filters[userID]=${person.id}`)
    const [, link = ''] = /<a href="([^"]*)">and 5 more<\/a>/.exec(text) ?? []
    expect(valuesOf(text)).toHaveLength(20)
    const whole = (await get(link)).text
    expect(whole.match(/<details name="entry" open>/g)).toHaveLength(1)
    expect(valuesOf(whole)).toHaveLength(25)
  })

  test('keeps the selected columns per list until the next selection', async () => {
    const query = 'filters[event]=SIGN_IN'
    const withoutColumns = (await get(`${all}?${query}&columns=-`)).text
    const lines = (text: string) => [...text.matchAll(/<summary>.*?<\/summary>/gs)].map(([line]) => line).join('')
    expect(lines(withoutColumns)).toMatch(/(?:now|ago)<\/time>/)
    expect(lines(withoutColumns)).not.toContain('127.0.0.1')
    expect(withoutColumns).toContain('127.0.0.1')
    expect(lines((await get(`${all}?${query}`)).text)).not.toContain('127.0.0.1')
    expect(lines((await get(own)).text)).toContain('127.0.0.1')
    expect(lines((await get(`${all}?${query}&columns=-&columns=address`)).text)).toContain('127.0.0.1')
    await get(`${all}?columns=-&columns=device&columns=place&columns=address`)
  })

  test('exports the selected entries', async () => {
    const { text } = await get(`${all}?filters[event]=GROUP_CREATED`)
    const [form = ''] =
      /<form class="selection" method="get" action="\/api\/audit-logs\/export">.*?<\/form>/s.exec(text) ?? []
    const ids = [...form.matchAll(/name="filters\[id\]" value="([^"]*)"/g)].map(([, id = '']) => id)
    expect([ids.length > 1, ids.at(-1)]).toEqual([true, ''])
    const sent = new URLSearchParams([
      ['filters[id]', ids[0] ?? ''],
      ['filters[id]', ''],
      ['format', 'csv'],
    ])
    const file = await get(`/api/audit-logs/export?${sent}`)
    expect(file.text.trim().split('\r\n').slice(1)).toEqual([expect.stringContaining(ids[0] ?? '')])
  })

  test('exports the filtered entries', async () => {
    const exportLines = async (filters: string) => {
      const { text } = await get(`${all}?${filters}`)
      const [, href = ''] = /href="(\/api\/audit-logs\/export\?format=csv[^"]*)"/.exec(text) ?? []
      const file = await get(href.replaceAll('&amp;', '&'))
      expect(file.headers.get('content-disposition')).toContain('audit-log.csv')
      return file.text.trim().split('\r\n').slice(1)
    }
    const lines = await exportLines('filters[event]=GROUP_CREATED&from=2020-01-01')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.every((line) => line.includes('GROUP_CREATED'))).toBe(true)
    expect(await exportLines('filters[event]=GROUP_CREATED&to=2020-01-01')).toEqual([])
  })
})
