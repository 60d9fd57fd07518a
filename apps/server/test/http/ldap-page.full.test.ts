import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgentResponse } from '@pocket/core/testing'
import {
  describeUnless,
  generateLdif,
  shareBetweenTests,
  slapdUnavailableReason,
  startSlapd,
} from '@pocket/test-support'
import Database from 'better-sqlite3'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { reauthenticate } from '../api/instance.ts'
import { createFolder } from '../database/folder.ts'

const pagePath = '/settings/admin/ldap'
const settings = '/settings/admin/application-configuration/ldap'
describeUnless(slapdUnavailableReason, describe)('the pages of LDAP', () => {
  const slapd = shareBetweenTests(() => startSlapd({ ldif: generateLdif({ users: 12, groups: 3, members: 4 }) }))
  const folder = shareBetweenTests(createFolder)
  const instance = shareBetweenTests(() => {
    const DB_CONNECTION_STRING = join(folder.path, 'pocket-id.db')
    return startCalledInstance('SQLite', { LDAP_START_TLS: 'false', DB_CONNECTION_STRING })
  })

  beforeAll(async () => {
    await instance.person('guest')
  })

  const get = (path: string) => instance.administrator.get(instance.url + path)
  /** Submits a form, with a new passkey check if it is required, and follows the redirect. */
  const post = async (path: string, fields: Readonly<Record<string, string>> = {}) => {
    const agent = instance.administrator
    const send = () => agent.postForm(instance.url + path, fields)
    const first = await send()
    if (first.status !== 401) return agent.follow(first)
    await reauthenticate(agent, instance.url, instance.administratorAuthenticator)
    return agent.follow(await send())
  }
  const save = async (page: UserAgentResponse, changes: Readonly<Record<string, string>>) => {
    const form = page.forms().find(({ fields }) => fields.version !== undefined)
    return post(settings, { ...form?.fields, ...changes })
  }
  const run = async (fields: Readonly<Record<string, string>> = {}) => {
    for (;;) {
      const response = await post(`${pagePath}/run`, fields)
      // The hourly job can run at the same time.
      if (!response.text.includes('An import is already running')) return response
    }
  }

  /** Runs the hourly job, and resolves to its report. */
  const runJob = async () => {
    const runs = async () => {
      const { response } = await instance.call('GET /api/ldap/runs')
      const all = response.json() as readonly { readonly id: string; readonly trigger: string }[]
      return all.filter(({ trigger }) => trigger === 'job')
    }
    const before = new Set((await runs()).map(({ id }) => id))
    await instance.call('POST /api/jobs/{name}/run', { params: { name: 'sync-ldap' } })
    for (;;) {
      const found = (await runs()).find(({ id }) => !before.has(id))
      if (found) return found
    }
  }

  test('start with the settings, prefilled for a known directory', async () => {
    expect((await get(pagePath)).text).toContain('No directory is set up yet')
    const filled = await get(`${settings}?preset=openldap`)
    expect(filled.text).toContain('Filled in for OpenLDAP, not saved yet.')
    expect(filled.text).toContain('LDAP_START_TLS')
    const refused = await save(filled, { ldapCaCertificate: 'no certificate', ldapBase: 'dc=kept' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('dc=kept')
    const saved = await save(filled, {
      ldapUrl: slapd.url,
      ldapBase: slapd.base,
      ldapBindDn: `uid=reader,${slapd.base}`,
      ldapBindPassword: 'a secret that is wrong',
    })
    expect(saved.text).toMatch(/data-outcome>.*?<p>Saved: <strong>/s)
    expect(saved.text).not.toContain('a secret that is wrong')
  })

  test('explain why a directory cannot be read', async () => {
    const tested = await post(`${pagePath}/test`)
    expect(tested.text).toContain('Wrong bind DN or password.')
    expect(tested.text).toContain('Sign in: Failed')
    expect((await post(`${pagePath}/search`)).text).toContain('Wrong bind DN or password.')
    const loaded = await get(`${pagePath}/test`)
    expect([loaded.status, loaded.location]).toEqual([303, `${instance.url}${pagePath}`])
    const dry = await post(`${pagePath}/dry-run`)
    expect(dry.text).toContain('The LDAP directory couldn’t be read')
    await save(await get(settings), { ldapBindPassword: 'secret' })
    expect((await post(`${pagePath}/test`)).text).toContain('The directory can be read.')
    expect((await post(`${pagePath}/search`)).text).toContain('uid=user3,ou=people')
  })

  test('require a reviewed dry run before the first import', async () => {
    expect((await run()).text).toContain('Make a dry run first')
    const dry = await post(`${pagePath}/dry-run`)
    expect(dry.text).toContain('Users · Added: 12')
    expect(dry.text).toContain('First0 Last0 (user0)')
    const [, path = ''] = /href="([^"]+\/plan\.csv\?run=[^"]+)">Export as CSV/.exec(dry.text) ?? []
    const file = await get(path)
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="ldap-plan.csv"')
    expect(file.text.match(/^created,First\d+ Last\d+ \(user\d+\),,,,\r$/gm)).toHaveLength(12)
    expect((await run()).text).toContain('The LDAP import is off')
    expect((await instance.call('GET /api/users')).json.data).toHaveLength(2)
  })

  test('import and show the result', async () => {
    await save(await get(settings), { ldapEnabled: 'true' })
    const done = await run()
    expect(done.text).toContain('<p>Done: <strong>Import from LDAP</strong></p>')
    expect((await instance.call('GET /api/users')).json.data).toHaveLength(14)
    expect(findAuditEvents(instance, 'ldap_synced')).toMatchObject([
      { trigger: 'page', counts: expect.stringContaining('created 12') },
    ])
  })

  test('ask before a large removal, and apply the confirmed one', async () => {
    await save(await get(settings), { ldapUserSearchFilter: '(uid=user1)' })
    const waiting = await run()
    expect(waiting.text).toContain('People losing access: 11 of 12.')
    const confirm = waiting.forms().find(({ fields }) => fields.confirm)?.fields.confirm ?? ''
    expect((await run({ confirm: 'another' })).text).toContain('The directory has changed since')
    const done = await run({ confirm })
    expect(done.text).toContain('Users · Disabled: 11')
    await save(await get(settings), { ldapUserSearchFilter: '(objectClass=inetOrgPerson)' })
    expect((await run()).text).toContain('Users · Enabled: 11')
  })

  test('link an existing local user', async () => {
    await slapd.modify(
      `dn: uid=guest,ou=people,${slapd.base}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: guest\ncn: The Guest\nsn: G\nmail: guest@example.com\n`,
    )
    const page = await run()
    expect(page.text).toContain('User name guest is taken.')
    const link = page.forms().find(({ fields }) => fields.entry && fields.user)
    expect((await post(`${pagePath}/link`, { user: 'nobody', entry: 'guest' })).text).toContain('no such user')
    expect((await post(`${pagePath}/link`, link?.fields)).text).toContain('LDAP link added: ')
    await run()
    const { data } = (await instance.call('GET /api/users', { query: '?search=guest' })).json
    expect(data).toMatchObject([{ displayName: 'The Guest', ldapId: expect.any(String) }])
  })

  test('link an existing local group, and unlink it', async () => {
    const names = { name: 'club', friendlyName: 'Club' }
    const { json } = await instance.call('POST /api/user-groups', { body: names })
    const group = `/settings/admin/user-groups/${json.id}`
    await slapd.modify(
      `dn: cn=chess,ou=groups,${slapd.base}\nchangetype: add\nobjectClass: groupOfNames\ncn: chess\nmember: uid=user1,ou=people,${slapd.base}\n`,
    )
    expect((await post(`${pagePath}/link-group`, { group: 'nothing', entry: 'chess' })).status).toBe(404)
    expect((await post(`${pagePath}/link-group`, { group: 'Club', entry: 'chess' })).text).toContain(
      'LDAP link added: ',
    )
    await run()
    const shown = await get(group)
    expect(shown.text).toContain('chess')
    expect(shown.text).not.toContain('Club')
    const unlinked = await post(`${group}/unlink-ldap`)
    expect(unlinked.text).toMatch(/data-outcome>.*?<p>Unlinked: <strong>/s)
    expect(unlinked.text).not.toContain(`${group}/unlink-ldap`)
    expect((await post(`${group}/remove`)).text).toContain('Deleted: chess')
    expect((await get('/settings/admin/user-groups')).text).not.toContain('chess')
  })

  test('keep imported names of users and groups, and local decisions such as disabling', async () => {
    const idOf = async (name: string) => {
      const { data } = (await instance.call('GET /api/users', { query: `?search=${name}` })).json
      return (data as readonly { id: string; username: string }[]).find(({ username }) => username === name)?.id ?? ''
    }
    const user = `/settings/admin/users/${await idOf('user3')}`
    const page = await get(user)
    expect(page.text).toContain(`uid=user3,ou=people,${slapd.base}`)
    expect(page.text).not.toContain(`${user}/remove"`)
    // The names are not sent, and would be ignored.
    await post(user, { username: 'another', displayName: 'Another', isAdmin: 'yes' })
    await post(`${user}/disable`)
    await run()
    const states = (await instance.call('GET /api/users', { query: '?search=user3' })).json.data
    expect(states).toMatchObject([{ username: 'user3', displayName: 'First3 Last3', isAdmin: true, disabled: true }])
    expect((await post(`${user}/unlink-ldap`)).text).toContain('<p>Unlinked: <strong>')
    expect((await get(user)).text).toContain(`${user}/remove"`)

    const groups = (await instance.call('GET /api/user-groups')).json.data as readonly { id: string }[]
    const group = `/settings/admin/user-groups/${groups[0]?.id}`
    const shown = await get(group)
    expect(shown.text).toContain('The next import overwrites changed members.')
    expect(shown.text).not.toContain(`${group}/remove"`)
    await post(group, { name: 'others', friendlyName: 'Others' })
    expect((await get(group)).text).not.toMatch(/others/i)
    expect((await post(`${group}/remove`)).status).toBe(403)
    expect((await get('/settings/admin/users')).text).toContain('<span class="chip">LDAP</span>')
  })

  test('the hourly job continues with users that were migrated from another server', async () => {
    const database = new Database(join(folder.path, 'pocket-id.db'))
    database.exec('DELETE FROM pocket_ldap_run')
    expect(await runJob()).toMatchObject({ outcome: 'waiting', losses: { asks: false } })
    const countStartButtons = async () =>
      (await get(pagePath)).forms().filter(({ action }) => action.endsWith(`${pagePath}/run`)).length
    expect(await countStartButtons()).toBe(1)
    await save(await get(settings), { ldapEnabled: 'false' })
    expect(await countStartButtons()).toBe(0)
    await save(await get(settings), { ldapEnabled: 'true' })
    // Users that no import created have no import markers.
    database.exec('DELETE FROM pocket_ldap_run')
    database.exec('DELETE FROM pocket_ldap_user')
    database.close()
    expect(await runJob()).toMatchObject({ outcome: 'succeeded' })
  })

  test('an import disabled between two transactions keeps the completed part, and the next one finishes it', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `many${index}`)
    const added = names.map(
      (uid) =>
        `dn: uid=${uid},ou=people,${slapd.base}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: M\nsn: M\nmail: ${uid}@example.com\n`,
    )
    await slapd.modify(added.join('\n'))
    const database = new Database(join(folder.path, 'pocket-id.db'))
    /** The number of users, and the number of audit events for them. */
    const countStatements = () => {
      const people = "SELECT id FROM pocket_user WHERE user_name LIKE 'many%'"
      const written = `SELECT id FROM pocket_audit WHERE event = 'USER_CREATED' AND account_id IN (${people})`
      return [people, written].map((query) => database.prepare(query).all().length)
    }
    // The trigger runs on the first audit event, so that the next transaction finds the import disabled.
    database.exec(`CREATE TRIGGER turn_off AFTER INSERT ON pocket_audit WHEN NEW.event = 'USER_CREATED'
      BEGIN UPDATE pocket_setting SET value = 'false' WHERE key = 'ldapEnabled'; END`)
    const stopped = await run()
    database.exec('DROP TRIGGER turn_off')
    expect(stopped.text).toContain('The LDAP import is off')
    const report = (await get(pagePath)).text
    expect(report).toContain('The import was turned off.')
    expect(report).toContain('Users · Added: 100')
    expect(countStatements()).toEqual([100, 100])
    await save(await get(settings), { ldapEnabled: 'true' })
    expect((await run()).text).toContain('Users · Added: 20')
    expect(countStatements()).toEqual([120, 120])
    database.close()
  })
})
