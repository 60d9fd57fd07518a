import { describe, expect, test } from '@jest/globals'
import { describeUnless, ldifEntry, shareBetweenTests, slapdUnavailableReason, startSlapd } from '@pocket/test-support'
import { createAuthority, type TestAuthority } from '@pocket/test-support/certificates'
import sharp from 'sharp'
import { upload } from '../images/uploads.ts'
import { type CalledInstance, findAuditEvents, lastEntry, startCalledInstance } from './calls.ts'
import { completeSettings, write } from './setting-calls.ts'

const base = 'dc=example,dc=com'
const dnOf = (uid: string) => `uid=${uid},ou=people,${base}`
function personLdif(uid: string, extra: Parameters<typeof ldifEntry>[1] = {}): string {
  const names = { cn: `The ${uid}`, sn: 'Example', givenName: uid, mail: `${uid}@example.org` }
  return ldifEntry(dnOf(uid), { objectClass: 'inetOrgPerson', uid, ...names, ...extra })
}

function groupLdif(cn: string, ...members: readonly string[]): string {
  return ldifEntry(`cn=${cn},ou=groups,${base}`, { objectClass: 'groupOfNames', cn, member: members.map(dnOf) })
}

async function companyLdif(): Promise<string> {
  const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  return [
    ldifEntry(base, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' }),
    ...['people', 'groups'].map((ou) => ldifEntry(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou })),
    personLdif('bob', { jpegPhoto: photo }),
    personLdif('carol', { jpegPhoto: Buffer.from('ffd8ffe000104a464946', 'hex') }),
    personLdif('dave'),
    personLdif('erin'),
    personLdif('ada'),
    groupLdif('staff', 'bob', 'carol', 'dave', 'erin'),
    groupLdif('admins', 'bob'),
  ].join('')
}

describeUnless(slapdUnavailableReason, describe)('an import from LDAP', () => {
  let authority: TestAuthority
  const slapd = shareBetweenTests(async () => {
    authority = await createAuthority()
    return startSlapd({ ldif: await companyLdif(), tls: await authority.issue({ hosts: ['127.0.0.1'] }) })
  })
  // The pages' test uses SQLite.
  const instance = shareBetweenTests(() => startCalledInstance('PostgreSQL'))

  const configure = (changes: Parameters<typeof completeSettings>[0] = {}) =>
    instance.call(write, {
      body: completeSettings({
        ldapEnabled: 'true',
        ldapUrl: slapd.url,
        ldapBase: base,
        ldapAttributeUserUniqueIdentifier: 'entryUUID',
        ldapAttributeUserUsername: 'uid',
        ldapAttributeUserEmail: 'mail',
        ldapAttributeUserFirstName: 'givenName',
        ldapAttributeUserLastName: 'sn',
        ldapAttributeUserProfilePicture: 'jpegPhoto',
        ldapAttributeGroupUniqueIdentifier: 'entryUUID',
        ldapAttributeGroupName: 'cn',
        ldapAdminGroupName: 'admins',
        ...changes,
      }),
    })
  /** The hourly job starts soon after the server and can run at the same time. */
  const callSuccessfully = async (...call: Parameters<CalledInstance['call']>) => {
    for (;;) {
      const response = await instance.call(...call)
      if (response.json.code !== 'ldap_sync_running') return response
    }
  }
  /** Milliseconds until the next run of the hourly job. */
  const millisecondsUntilNextRun = async () => {
    const { response } = await instance.call('GET /api/jobs')
    const jobs = response.json() as readonly { readonly name: string; readonly nextRunAt: string }[]
    return Date.parse(jobs.find(({ name }) => name === 'sync-ldap')?.nextRunAt ?? '') - Date.now()
  }
  const findWaitingRun = async () => {
    for (;;) {
      const { response } = await instance.call('GET /api/ldap/runs')
      const runs = response.json() as readonly { readonly outcome: string }[]
      const found = runs.find(({ outcome }) => outcome === 'waiting')
      if (found) return found
    }
  }
  const sync = () => callSuccessfully('POST /api/application-configuration/sync-ldap')
  const run = (body: object = {}) => callSuccessfully('POST /api/ldap/sync', { body })
  interface UserDto {
    readonly id: string
    readonly username: string
    readonly ldapId: string | null
    readonly disabled: boolean
    readonly isAdmin: boolean
  }
  const users = async () => (await instance.call('GET /api/users')).json.data as readonly UserDto[]
  const findUser = async (name: string) => {
    const user = (await users()).find(({ username }) => username === name)
    if (!user) throw new Error(`There is no ${name}`)
    return user
  }
  const states = async () =>
    Object.fromEntries((await users()).map(({ username, disabled }) => [username, disabled ? 'disabled' : 'enabled']))
  const readStatusSentence = async () => {
    const { text } = await instance.administrator.get(`${instance.url}/settings/admin/application-configuration/ldap`)
    return /<h1>LDAP<\/h1><p>([^<]*)/.exec(text)?.[1]
  }
  const problemCodes = ({ json }: { readonly json: Readonly<Record<string, unknown>> }) =>
    (json.problems as readonly { code: string; dn: string }[]).map(({ code, dn }) => `${code} ${dn}`)

  test('is rejected while LDAP is disabled or no server is configured', async () => {
    // Otherwise the job runs five seconds after the server has started, in the middle of this test.
    await instance.call('POST /api/jobs/{name}/run', { params: { name: 'sync-ldap' } })
    while ((await millisecondsUntilNextRun()) < 60_000);
    expect((await sync()).json).toMatchObject({ code: 'ldap_disabled' })
    await configure({ ldapUrl: '' })
    expect(await readStatusSentence()).toBeUndefined()
    await configure({ ldapUrl: 'ldap://127.0.0.1:1' })
    expect(await readStatusSentence()).toBe('Start the first import yourself.')
    const response = await sync()
    expect([response.status, response.json.code]).toEqual([422, 'ldap_sync_failed'])
    expect(response.json.details).toMatchObject({ reason: 'ldap_unreachable' })
    expect(await readStatusSentence()).toBe('LDAP import failed')
    const runs = (await instance.call('GET /api/ldap/runs')).response.json()
    expect(runs).toContainEqual(
      expect.objectContaining({ outcome: 'failed', code: 'ldap_unreachable', trigger: 'api' }),
    )
    expect(findAuditEvents(instance, 'ldap_sync_failed')).toMatchObject([
      { trigger: 'api', reason: 'ldap_unreachable' },
    ])
    expect((await instance.call('POST /api/ldap/test')).json).toMatchObject({ code: 'ldap_unreachable' })
    await configure({ ldapUserSearchFilter: '(objectClass=person' })
    expect((await instance.call('POST /api/ldap/dry-run')).status).toBe(422)
    const page = await instance.administrator.get(`${instance.url}/settings/admin/ldap`)
    expect(page.text).toContain('Invalid filter: Search filter.')
  })

  test('waits for its hour after LDAP is enabled without a reviewed dry run', async () => {
    await configure({ ldapEnabled: 'false' })
    await configure({ ldapUrl: 'ldap://127.0.0.1:1' })
    expect(await millisecondsUntilNextRun()).toBeGreaterThan(30 * 60_000)
  })

  test('shows a dry run first and imports on request', async () => {
    await configure()
    expect((await instance.call('POST /api/jobs/{name}/run', { params: { name: 'sync-ldap' } })).status).toBe(202)
    expect(await findWaitingRun()).toMatchObject({
      trigger: 'job',
      losses: { asks: false },
      counts: { created: 4 },
      plan: { created: [{ name: 'The bob (bob)' }, {}, {}, {}] },
    })
    expect((await users()).map(({ username }) => username)).toEqual(['ada'])
    const page = await instance.administrator.get(`${instance.url}/settings/admin/ldap`)
    expect(page.text).toContain('The first import needs confirmation.')
    expect(page.text).toContain('Start the first import yourself')
    expect(await readStatusSentence()).toBe('Nothing is imported until you confirm it.')
  })

  test('has a dry run that changes nothing, even while LDAP is disabled', async () => {
    await configure({ ldapEnabled: 'false' })
    expect((await instance.call('POST /api/ldap/test')).json).toMatchObject({ code: null, isPrivate: false })
    const dry = await instance.call('POST /api/ldap/dry-run')
    expect(dry.json).toMatchObject({
      outcome: 'dry',
      found: { people: 5, groups: 2 },
      counts: { created: 4, groupsCreated: 2, membersAdded: 5 },
      losses: { asks: false },
    })
    // The report names new administrators before anyone confirms the import.
    const { created } = dry.json.plan as { readonly created: readonly { name: string; changes: object }[] }
    const administrators = created.filter(({ changes }) => 'administrator' in changes)
    expect(administrators.map(({ name }) => name)).toEqual(['The bob (bob)'])
    const tried = await instance.administrator.get(`${instance.url}/settings/admin/ldap`)
    expect(tried.text).toMatch(/\(bob\)<\/bdi> <span class="chip warn">Administrator</)
    // The administrator of this instance has the same user name.
    expect(problemCodes(dry)).toEqual([`user_name_taken ${dnOf('ada')}`])
    expect((await users()).map(({ username }) => username)).toEqual(['ada'])
  })

  test('uses the configured encryption and trusted certificates', async () => {
    const changeSettings = (body: object) => instance.call('PATCH /api/settings', { body })
    const testConnection = async (changes: Parameters<typeof completeSettings>[0] = {}) => {
      await configure({ ldapEnabled: 'false', ...changes })
      const { code, isPrivate } = (await instance.call('POST /api/ldap/test')).json
      return [code, isPrivate]
    }
    expect(await testConnection({ ldapUrl: slapd.tlsUrl })).toEqual(['ldap_certificate_untrusted', true])
    expect(await testConnection({ ldapUrl: slapd.tlsUrl, ldapSkipCertVerify: 'true' })).toEqual([null, true])
    await changeSettings({ ldapStartTls: true })
    expect(await testConnection()).toEqual(['ldap_certificate_untrusted', true])
    await changeSettings({ ldapCaCertificate: authority.cert })
    expect(await testConnection()).toEqual([null, true])
    await changeSettings({ ldapStartTls: null, ldapCaCertificate: null })
  })

  test('creates users and groups, and records them in the audit log', async () => {
    await configure()
    // An administrator has reviewed the dry run, so the job runs soon.
    expect(await millisecondsUntilNextRun()).toBeLessThanOrEqual(5000)
    expect((await sync()).status).toBe(204)
    expect(await readStatusSentence()).toBeUndefined()
    expect(await states()).toEqual({
      ada: 'enabled',
      bob: 'enabled',
      carol: 'enabled',
      dave: 'enabled',
      erin: 'enabled',
    })
    const bob = await findUser('bob')
    expect(bob).toMatchObject({
      isAdmin: true,
      emailVerified: true,
      firstName: 'bob',
      displayName: 'The bob',
      locale: null,
    })
    expect(bob.ldapId).toMatch(/^[0-9a-f-]{36}$/)
    const { json } = await instance.call('GET /api/user-groups', { query: '?sort[column]=name&sort[direction]=asc' })
    expect(json.data).toMatchObject([
      { name: 'admins', userCount: 1, ldapId: expect.any(String) },
      { name: 'staff', userCount: 4 },
    ])
    const log = await instance.call('GET /api/audit-logs/all', { query: '?filters[event]=USER_CREATED' })
    expect(log.json.data).toContainEqual(
      expect.objectContaining({
        data: expect.objectContaining({ method: 'ldap', actorUsername: 'LDAP' }),
        username: 'bob',
      }),
    )
    expect(findAuditEvents(instance, 'ldap_synced').at(-1)).toMatchObject({
      trigger: 'api',
      counts: 'created 4, groupsCreated 2, membersAdded 5',
    })
    const picture = await instance.agent().get(`${instance.url}/api/users/${bob.id}/profile-picture.png`)
    const drawn = await instance
      .agent()
      .get(`${instance.url}/api/users/${(await findUser('dave')).id}/profile-picture.png`)
    expect(picture.headers.get('etag')).not.toBe(drawn.headers.get('etag'))
  })

  test('reads the configured attributes and entries', async () => {
    const toModifyLdif = (what: string) =>
      `dn: ${dnOf('bob')}\nchangetype: modify\n${what}: description\ndescription: Called so\n\ndn: cn=staff,ou=groups,${base}\nchangetype: modify\n${what}: owner\nowner: ${dnOf('bob')}\n`
    await slapd.modify(toModifyLdif('add'))
    await configure({
      ldapAttributeUserDisplayName: 'description',
      ldapAttributeGroupMember: 'owner',
      ldapUserGroupSearchFilter: '(cn=staff)',
    })
    expect((await instance.call('POST /api/ldap/dry-run')).json).toMatchObject({
      found: { people: 5, groups: 1 },
      plan: {
        changed: expect.arrayContaining([
          expect.objectContaining({
            changes: expect.objectContaining({ displayName: { before: 'The bob', after: 'Called so' } }),
          }),
        ]),
        groupsRemoved: [{ name: 'admins' }],
        members: [{ name: 'staff', changes: { members: { before: 3, after: 0 } } }],
      },
    })
    await slapd.modify(toModifyLdif('delete'))
    await configure()
  })

  test('lets imported users, including administrators, change only their language', async () => {
    const bob = await findUser('bob')
    const body = {
      username: 'robert',
      firstName: 'R',
      displayName: 'R',
      email: 'r@example.org',
      isAdmin: false,
      locale: 'de',
    }
    const params = { id: bob.id }
    expect((await instance.call('PUT /api/users/{id}', { params, body })).json).toEqual({ ...bob, locale: 'de' })
    const refused = await instance.call('DELETE /api/users/{id}', { params })
    expect([refused.status, refused.json.code]).toEqual([403, 'ldap_user_update'])
    const groups = (await instance.call('GET /api/user-groups')).json.data as readonly { id: string; name: string }[]
    const staff = { id: groups.find(({ name }) => name === 'staff')?.id ?? '' }
    const names = { name: 'crew', friendlyName: 'Crew' }
    expect((await instance.call('PUT /api/user-groups/{id}', { params: staff, body: names })).json.code).toBe(
      'ldap_user_group_update',
    )
    expect((await instance.call('DELETE /api/user-groups/{id}', { params: staff })).json.code).toBe(
      'ldap_user_group_update',
    )
    // Pocket ID allows a choice of members; the next import replaces them.
    const members = { userIds: [(await findUser('ada')).id] }
    expect((await instance.call('PUT /api/user-groups/{id}/users', { params: staff, body: members })).status).toBe(200)
    await sync()
    const { json } = await instance.call('GET /api/user-groups/{id}', { params: staff })
    expect((json.users as readonly UserDto[]).map(({ username }) => username)).toEqual(['bob', 'carol', 'dave', 'erin'])
    expect(await findUser('bob')).toMatchObject({ locale: 'de' })
  })

  test('applies changes of the directory, and disables missing users and ends their access', async () => {
    const issued = await instance.app.issueLoginCode('dave')
    const browser = instance.agent()
    await browser.postForm(`${instance.url}/lc`, { code: issued.code })
    expect((await browser.getJson(`${instance.url}/api/users/me`)).status).toBe(200)
    await slapd.modify(
      `dn: ${dnOf('carol')}\nchangetype: modify\nreplace: sn\nsn: Changed\n\ndn: ${dnOf('dave')}\nchangetype: delete\n`,
    )
    expect((await sync()).status).toBe(204)
    expect(await states()).toMatchObject({ dave: 'disabled', carol: 'enabled' })
    expect(await findUser('carol')).toMatchObject({ lastName: 'Changed' })
    expect((await browser.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
  })

  test('asks before a large removal, and applies the confirmed one', async () => {
    await configure({ ldapUserSearchFilter: '(uid=bob)' })
    const response = await sync()
    expect([response.status, response.json.code]).toEqual([409, 'ldap_confirmation_needed'])
    expect(await states()).toMatchObject({ carol: 'enabled', erin: 'enabled' })
    const waiting = await run()
    expect(waiting.json).toMatchObject({
      outcome: 'waiting',
      losses: { asks: true, people: { lost: 2, of: 3 } },
      plan: { disabled: [{ name: 'The carol' }, { name: 'The erin' }] },
    })
    expect(findAuditEvents(instance, 'ldap_sync_waiting').at(-1)).toMatchObject({
      counts: expect.stringContaining('disabled 2'),
    })
    const { digest } = waiting.json.losses as { digest: string }
    await configure({ ldapUserSearchFilter: '(uid=nobody)' })
    const other = await run({ confirm: digest })
    expect([other.status, other.json.code]).toEqual([409, 'ldap_plan_changed'])
    expect(await states()).toMatchObject({ bob: 'enabled', carol: 'enabled' })
    await configure({ ldapUserSearchFilter: '(uid=bob)' })
    const confirmed = await run({ confirm: digest })
    expect(confirmed.json).toMatchObject({ outcome: 'succeeded', counts: { disabled: 2 } })
    expect(await states()).toMatchObject({ bob: 'enabled', carol: 'disabled', erin: 'disabled' })
    await configure()
    await sync()
    expect(await states()).toMatchObject({ carol: 'enabled', erin: 'enabled', dave: 'disabled' })
  })

  test('imports a new picture unless one was chosen in this instance', async () => {
    const fetchEntityTag = async (name: string) => {
      const path = `/api/users/${(await findUser(name)).id}/profile-picture.png`
      return (await instance.agent().get(instance.url + path)).headers.get('etag')
    }
    const [erin, carol] = [await fetchEntityTag('erin'), await fetchEntityTag('carol')]
    const createPicture = (background: string) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .jpeg()
        .toBuffer()
    const url = `${instance.url}/api/users/${(await findUser('erin')).id}/profile-picture`
    expect(
      (await upload(instance.administrator, { method: 'PUT', url, bytes: await createPicture('green') })).status,
    ).toBe(204)
    const chosen = await fetchEntityTag('erin')
    const photo = (await createPicture('blue')).toString('base64')
    const toLdif = (uid: string) => `dn: ${dnOf(uid)}\nchangetype: modify\nreplace: jpegPhoto\njpegPhoto:: ${photo}\n`
    await slapd.modify(['erin', 'carol'].map(toLdif).join('\n'))
    await sync()
    expect(await fetchEntityTag('erin')).toBe(chosen)
    expect(await fetchEntityTag('carol')).not.toBe(carol)
    await slapd.modify(
      ['erin', 'carol'].map((uid) => `dn: ${dnOf(uid)}\nchangetype: modify\ndelete: jpegPhoto\n`).join('\n'),
    )
    await sync()
    expect([await fetchEntityTag('erin'), await fetchEntityTag('carol')]).toEqual([chosen, carol])
    expect(chosen).not.toBe(erin)
  })

  test('deletes missing users with all their data if configured', async () => {
    const { id } = await findUser('dave')
    await configure({ ldapSoftDeleteUsers: 'false' })
    const { json } = await run()
    expect(json).toMatchObject({ outcome: 'succeeded', counts: { removed: 1 } })
    expect((await instance.call('GET /api/users/{id}', { params: { id } })).status).toBe(404)
    const log = await instance.call('GET /api/audit-logs/all', { query: '?filters[event]=ACCOUNT_REMOVED' })
    expect(log.json.data).toMatchObject([{ username: 'dave', data: { actorUsername: 'LDAP' } }])
    await configure()
  })

  test('links a local user on request, and unlinks it', async () => {
    const params = { id: (await findUser('ada')).id }
    const link = (entry: string) => instance.call('PUT /api/users/{id}/ldap-link', { params, body: { entry } })
    expect((await link('nobody')).json.code).toBe('ldap_entry_not_found')
    expect((await link('bob')).json.code).toBe('ldap_entry_linked')
    expect((await link('ada')).json).toMatchObject({ dn: dnOf('ada') })
    await sync()
    // The user's own data still exists.
    await slapd.modify(`dn: ${dnOf('free')}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: free\ncn: F\nsn: F\n`)
    expect(await link('free')).toMatchObject({ status: 409, json: { code: 'ldap_entry_linked' } })
    await slapd.modify(`dn: ${dnOf('free')}\nchangetype: delete\n`)
    expect(await findUser('ada')).toMatchObject({ id: params.id, email: 'ada@example.org', isAdmin: true })
    expect(findAuditEvents(instance, 'ldap_linked')).toMatchObject([{ dn: dnOf('ada') }])
    expect((await instance.call('DELETE /api/users/{id}/ldap-link', { params })).status).toBe(204)
    expect(await findUser('ada')).toMatchObject({ ldapId: null })
  })

  test('links a local group on request, and unlinks it', async () => {
    const people = [(await findUser('ada')).id, (await findUser('carol')).id]
    const names = { name: 'Friends', friendlyName: 'Friends' }
    const params = { id: String((await instance.call('POST /api/user-groups', { body: names })).json.id) }
    await instance.call('PUT /api/user-groups/{id}/users', { params, body: { userIds: people } })
    await slapd.modify(
      `dn: cn=crew,ou=groups,${base}\nchangetype: add\nobjectClass: groupOfNames\ncn: crew\nmember: ${dnOf('carol')}\nmember: ${dnOf('erin')}\n`,
    )
    const linkGroup = (entry: string, to = params) =>
      instance.call('PUT /api/user-groups/{id}/ldap-link', { params: to, body: { entry } })
    expect((await linkGroup('nobody')).json.code).toBe('ldap_entry_not_found')
    expect((await linkGroup('staff')).json.code).toBe('ldap_entry_linked')
    expect((await linkGroup('crew', { id: people[0] ?? '' })).status).toBe(404)
    expect((await linkGroup('CREW')).json).toMatchObject({ dn: `cn=crew,ou=groups,${base}` })
    // The group's own data still exists.
    const other = `dn: cn=other,ou=groups,${base}\nchangetype:`
    await slapd.modify(`${other} add\nobjectClass: groupOfNames\ncn: other\nmember: ${dnOf('erin')}\n`)
    expect(await linkGroup('other')).toMatchObject({ status: 409, json: { code: 'ldap_entry_linked' } })
    await slapd.modify(`${other} delete\n`)
    expect(await lastEntry(instance, 'GROUP_UPDATED')).toMatchObject({ username: 'ada' })
    const { json } = await run()
    expect(json).toMatchObject({
      outcome: 'succeeded',
      counts: { groupsCreated: 0, groupsChanged: 1, membersAdded: 1, membersRemoved: 1 },
    })
    const linked = await instance.call('GET /api/user-groups/{id}', { params })
    expect(linked.json).toMatchObject({ name: 'crew', ldapId: expect.any(String) })
    expect((linked.json.users as readonly UserDto[]).map(({ username }) => username)).toEqual(['carol', 'erin'])
    expect((await instance.call('DELETE /api/user-groups/{id}/ldap-link', { params })).status).toBe(204)
    expect((await instance.call('DELETE /api/user-groups/{id}/ldap-link', { params })).json.code).toBe(
      'ldap_not_linked',
    )
    // Its name is taken, and it is a local group again.
    expect(problemCodes(await run())).toContain(`group_name_taken cn=crew,ou=groups,${base}`)
    expect((await instance.call('DELETE /api/user-groups/{id}', { params })).status).toBe(204)
  })

  test('runs one at a time, and rejects a concurrent one', async () => {
    const calls = Array.from({ length: 10 }, () => instance.call('POST /api/ldap/sync', { body: {} }))
    const outcomes = (await Promise.all(calls)).map(({ status, json }) => json.code ?? status)
    expect(new Set(outcomes)).toEqual(new Set([200, 'ldap_sync_running']))
  })

  test('treats users as local ones after LDAP is disabled', async () => {
    await configure({ ldapEnabled: 'false' })
    const { id } = await findUser('erin')
    const body = {
      username: 'erin',
      firstName: 'Erin',
      displayName: 'Erin',
      email: 'erin@example.org',
      isAdmin: false,
    }
    expect((await instance.call('PUT /api/users/{id}', { params: { id }, body })).json).toMatchObject({
      firstName: 'Erin',
    })
    expect((await instance.call('DELETE /api/users/{id}', { params: { id } })).status).toBe(204)
  })
})
