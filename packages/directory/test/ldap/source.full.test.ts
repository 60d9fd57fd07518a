import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type LdapEntries, type LdapOptions, ldapSource, searchLdapSample } from '@pocket/directory'
import {
  describeUnless,
  generateLdif,
  ldifEntry,
  type Slapd,
  slapdUnavailableReason,
  startSlapd,
} from '@pocket/test-support'
import { createAuthority, type TestAuthority } from '@pocket/test-support/certificates'
import { base, binaryId, createSid, group, jpeg, person, schema, sourceOptions } from './test-directory.ts'

const neverAborted = new AbortController().signal
const personDn = (uid: string) => `uid=${uid},ou=people,${base}`

const specialEntries = [
  person('alice', { givenName: 'Alice', mail: 'alice@example.com', jpegPhoto: jpeg }),
  person('bob', { objectGUID: binaryId, mail: ['robert@example.com', 'bob@example.com'] }),
  person('Çelik', { cn: 'עברית', givenName: 'E\u0301lodie', mail: 'celik@example.com' }),
  // Two names: the entry is named by the second.
  ldifEntry(personDn('dave'), { objectClass: 'inetOrgPerson', uid: ['aaa', 'dave'], cn: 'Dave', sn: 'D' }),
  person('erin', { jpegPhoto: Buffer.from('https://pictures.example.com/erin.jpg') }),
  person('frank', { jpegPhoto: jpeg.toString('base64'), objectGUID: Buffer.from([0xff, 0xfe]) }),
  person('grace', { objectGUID: Buffer.from('text') }),
  person('long', { cn: 'x'.repeat(5_000) }),
  ldifEntry(`cn=Comma\\, Plus\\+,ou=people,${base}`, {
    objectClass: 'inetOrgPerson',
    uid: 'comma',
    cn: 'Comma, Plus+',
    sn: 'C',
  }),
  person('ad1', { objectGUID: Buffer.alloc(16, 0xf1), objectSid: createSid(1101), primaryGroupID: '513' }),
  person('ad2', { objectGUID: Buffer.alloc(16, 0xf2), objectSid: createSid(1102), primaryGroupID: '513' }),
  person('ad3', { objectGUID: Buffer.alloc(16, 0xf3), objectSid: createSid(1103), primaryGroupID: '514' }),
  person('ad4', { objectGUID: Buffer.alloc(16, 0xf4), objectSid: Buffer.from([1, 9]), primaryGroupID: '513' }),
  group('domain-users', {
    objectClass: ['groupOfNames', 'identified'],
    objectSid: createSid(513),
    member: [personDn('alice'), personDn('ad3')],
  }),
  group('all-of-them', { member: [`cn=domain-users,ou=groups,${base}`] }),
  ldifEntry(`cn=nobody,${base}`, { objectClass: 'person', cn: 'nobody', sn: 'N' }),
  group('plain', {
    member: [
      `UID=Alice, OU=People, DC=EXAMPLE, DC=COM`,
      `UID=BOB,OU=PEOPLE,${base}`,
      personDn('gone'),
      `cn=nobody,${base}`,
    ],
  }),
  group('escaped', { member: [`cn=Comma\\2C Plus\\2B,ou=people,${base}`, personDn('\\c3\\87elik')] }),
  group('outer', { member: [`cn=middle,ou=groups,${base}`] }),
  group('middle', { member: [`cn=inner,ou=groups,${base}`, personDn('dave')] }),
  group('inner', { member: [personDn('erin'), `cn=outer,ou=groups,${base}`] }),
  group('hidden', { member: [personDn('frank')], description: 'not wanted' }),
  group('showing', { member: [`cn=hidden,ou=groups,${base}`] }),
  ldifEntry(`cn=unique,ou=groups,${base}`, {
    objectClass: 'groupOfUniqueNames',
    cn: 'unique',
    // The attribute in the last entry's name is not the user name, so only the entry name identifies the user.
    uniqueMember: [`${personDn('alice')}#'0101'B`, personDn('bob'), `cn=Comma\\, Plus\\+,ou=people,${base}#'1'B`],
  }),
  ldifEntry(`cn=posix,ou=groups,${base}`, {
    objectClass: 'posixGroup',
    cn: 'posix',
    gidNumber: '100',
    memberUid: ['ALICE', 'grace', 'unknown'],
  }),
].join('')

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

describeUnless(slapdUnavailableReason, describe)('an LDAP source', () => {
  let slapd: Slapd
  let authority: TestAuthority

  beforeAll(async () => {
    authority = await createAuthority()
    slapd = await startSlapd({
      ldif: generateLdif({ users: 3_000, groups: 3, members: 50 }) + specialEntries,
      configuration: schema,
      sizeLimit: 1_000,
      tls: await authority.issue({ hosts: ['127.0.0.1', 'localhost'] }),
    })
  })
  afterAll(async () => {
    await slapd?.[Symbol.asyncDispose]()
  })

  const specialFilter = '(&(objectClass=inetOrgPerson)(!(uid=user*)))'
  const read = (overrides: Partial<LdapOptions> = {}) =>
    ldapSource(sourceOptions(slapd.url, overrides)).read(neverAborted)
  const readSpecial = (overrides: Partial<LdapOptions> = {}) => read({ userFilter: specialFilter, ...overrides })
  const findPerson = (result: LdapEntries, userName: string) =>
    result.people.find((person) => person.userName === userName)
  const memberNamesOf = ({ groups, people }: LdapEntries, name: string) => {
    const names = new Map(people.map(({ id, userName }) => [id, userName]))
    return groups
      .find((group) => group.name === name)
      ?.memberIds.map((id) => names.get(id))
      .toSorted()
  }

  test('reads more entries than fit on one page, each user once', async () => {
    const result = await read()

    expect(result.people.filter(({ userName }) => userName?.startsWith('user'))).toHaveLength(3_000)
    expect(new Set(result.people.map(({ id }) => id)).size).toBe(result.people.length)
    expect(memberNamesOf(result, 'group1')).toHaveLength(50)
    expect(findPerson(result, 'user7')).toEqual({
      dn: personDn('user7'),
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      userName: 'user7',
      email: 'user7@example.com',
      firstName: 'First7',
      lastName: 'Last7',
      displayName: 'First7 Last7',
    })
  })

  test.each([
    ['ldaps://', () => ({ url: slapd.tlsUrl, ca: authority.cert })],
    ['ldaps:// with any certificate', () => ({ url: slapd.tlsUrl, skipCertificateCheck: true })],
    ['ldaps:// by name', () => ({ url: slapd.tlsUrl.replace('127.0.0.1', 'localhost'), ca: authority.cert })],
    ['StartTLS', () => ({ url: slapd.url, startTls: true, ca: authority.cert })],
    ['ldapi://', () => ({ url: slapd.socketUrl })],
    ['ldapi:/// with a path', () => ({ url: `ldapi://${decodeURIComponent(new URL(slapd.socketUrl).hostname)}` })],
    ['ldap:// anonymously', () => ({ url: slapd.url, bindDn: '' })],
  ])('reads over %s', async (_, connection) => {
    const result = await readSpecial({ ...connection(), userFilter: '(uid=alice)' })

    expect(result.people.map(({ userName }) => userName)).toEqual(['alice'])
  })

  test('reads pictures as bytes, and does not fetch URLs', async () => {
    const result = await readSpecial()

    expect(Buffer.from(findPerson(result, 'alice')?.picture ?? [])).toEqual(jpeg)
    expect(Buffer.from(findPerson(result, 'frank')?.picture ?? [])).toEqual(jpeg)
    expect(findPerson(result, 'erin')).not.toHaveProperty('picture')
    expect(result.problems).toContainEqual({ dn: personDn('erin'), code: 'picture_is_address', detail: 'jpegPhoto' })
  })

  test('skips a string beyond the maximum length, and reports it', async () => {
    const result = await readSpecial()

    expect(findPerson(result, 'long')).not.toHaveProperty('displayName')
    expect(result.problems).toContainEqual({ dn: personDn('long'), code: 'value_too_long', detail: 'cn' })
  })

  test('skips pictures beyond the limit, and reports them', async () => {
    const result = await readSpecial({ limits: { pictureBytes: jpeg.length } })

    expect(result.people.filter(({ picture }) => picture)).toHaveLength(1)
    expect(result.problems).toContainEqual({ dn: personDn('frank'), code: 'picture_left_out' })
  })

  test('uses the value in the entry’s name, or the first of several values', async () => {
    const result = await readSpecial()

    expect(findPerson(result, 'dave')?.displayName).toBe('Dave')
    expect(result.problems).toContainEqual({ dn: personDn('dave'), code: 'several_values', detail: 'uid' })
    expect(findPerson(result, 'bob')?.email).toBe('bob@example.com')
    expect(result.problems).toContainEqual({ dn: personDn('bob'), code: 'several_values', detail: 'mail' })
  })

  test('accepts binary identifiers', async () => {
    const attributes = { ...sourceOptions('').attributes, userId: 'objectGUID' }
    const result = await readSpecial({ attributes })

    expect(findPerson(result, 'bob')?.id).toBe('00112233-4455-6677-8899-aabbccddeeff')
    expect(findPerson(result, 'frank')?.id).toBe('//4=')
    expect(findPerson(result, 'grace')?.id).toBe('text')
    expect(findPerson(result, 'alice')).toBeUndefined()
    expect(result.problems).toContainEqual({ dn: personDn('alice'), code: 'id_missing', detail: 'objectGUID' })
  })

  test('normalizes text to Unicode NFC in every script', async () => {
    const result = await readSpecial()

    expect(findPerson(result, 'Çelik')).toMatchObject({ firstName: '\u00c9lodie', displayName: 'עברית' })
  })

  test('resolves members by entry name in any variant', async () => {
    const result = await readSpecial()

    expect(memberNamesOf(result, 'plain')).toEqual(['alice', 'bob'])
    const dn = `cn=plain,ou=groups,${base}`
    expect(result.problems).toContainEqual({ dn, code: 'members_not_found', detail: '2' })
    expect(memberNamesOf(result, 'escaped')).toEqual(['comma', 'Çelik'])
  })

  test('resolves nested groups, including cycles and groups that the filter excludes', async () => {
    const result = await readSpecial({ groupFilter: '(&(objectClass=groupOfNames)(!(cn=hidden)))' })

    expect(memberNamesOf(result, 'outer')).toEqual(['dave', 'erin'])
    expect(memberNamesOf(result, 'inner')).toEqual(['dave', 'erin'])
    expect(memberNamesOf(result, 'hidden')).toBeUndefined()
    expect(memberNamesOf(result, 'showing')).toEqual(['frank'])
  })

  test.each([
    ['uniqueMember', 'groupOfUniqueNames', 'unique', ['alice', 'bob', 'comma']],
    ['memberUid', 'posixGroup', 'posix', ['alice', 'grace']],
  ])('resolves members by %s', async (groupMember, objectClass, name, expected) => {
    const attributes = { ...sourceOptions('').attributes, groupMember }
    const result = await readSpecial({ attributes, groupFilter: `(objectClass=${objectClass})` })

    expect(memberNamesOf(result, name)).toEqual(expected)
  })

  test('resolves members by their primary group in Active Directory', async () => {
    const attributes = { ...sourceOptions('').attributes, userId: 'objectGUID' }
    const result = await readSpecial({ attributes })
    expect(memberNamesOf(result, 'domain-users')).toEqual(['ad1', 'ad2', 'ad3'])
    expect(memberNamesOf(result, 'all-of-them')).toEqual(['ad1', 'ad2', 'ad3'])
    expect(memberNamesOf(await readSpecial(), 'domain-users')).toEqual(['ad3', 'alice'])
  })

  test('does not resolve a user name that several users share', async () => {
    const attributes = { ...sourceOptions('').attributes, userName: 'sn', groupMember: 'memberUid' }
    await slapd.modify(`dn: ${personDn('user1')}\nchangetype: modify\nreplace: sn\nsn: GRACE\n`)
    const result = await read({ attributes, groupFilter: '(cn=posix)' })

    expect(memberNamesOf(result, 'posix')).toEqual(['alice'])
    const dn = `cn=posix,ou=groups,${base}`
    expect(result.problems).toContainEqual({ dn, code: 'members_ambiguous', detail: '1' })
  })

  test('accepts pasted filters with blanks and line breaks', async () => {
    const userFilter = ' (& (objectClass=inetOrgPerson)\n  (| (uid=alice) (uid=\\c3\\a7elik) ) ) '
    const result = await read({ userFilter })

    expect(result.people.map(({ userName }) => userName).toSorted()).toEqual(['alice', 'Çelik'])
  })

  test.each([
    ['(&(objectClass=posixGroup)(gidNumber:1.2.840.113556.1.4.803:=4))', ['posix']],
    ['(&(objectClass=posixGroup)(gidNumber:1.2.840.113556.1.4.803:=8))', []],
    ['(&(objectClass=posixGroup)(!(gidNumber:1.2.840.113556.1.4.803:=8)))', ['posix']],
    ['(&(objectClass=posixGroup)(cn:caseIgnoreMatch:=POSIX)(cn=p*s*x)(gidNumber>=100))', ['posix']],
  ])('accepts filters with matching rules of Active Directory: %s', async (groupFilter, expected) => {
    const result = await readSpecial({ groupFilter })

    expect(result.groups.map(({ name }) => name)).toEqual(expected)
  })

  test('ignores blanks around names', async () => {
    const result = await readSpecial({ base: ` ${base} `, bindDn: ` uid=reader,${base}`, userFilter: '(uid=alice) ' })

    expect(result.people).toHaveLength(1)
  })

  test('reads no groups without a group identifier attribute', async () => {
    const attributes = { ...sourceOptions('').attributes, groupId: '' }

    expect((await readSpecial({ attributes })).groups).toEqual([])
  })

  test('shows the first users and groups in a test search', async () => {
    const sample = await searchLdapSample(sourceOptions(slapd.url), 3, neverAborted)

    expect(sample.people).toHaveLength(3)
    expect(sample.groups).toHaveLength(3)
    expect(sample.groups[0]).toMatchObject({ name: 'group0', members: 50 })
  })

  test.each<[string, Partial<LdapOptions>, object]>([
    ['a wrong password', { bindPassword: 'no' }, { code: 'ldap_bind_refused' }],
    ['a name without a password', { bindPassword: '' }, { code: 'ldap_bind_password_missing' }],
    ['a missing base entry', { base: `ou=nowhere,${base}` }, { code: 'ldap_base_not_found' }],
    ['an invalid base name', { base: 'nowhere' }, { code: 'ldap_base_invalid' }],
    ['no base', { base: ' ' }, { code: 'ldap_setting_missing', details: { setting: 'base' } }],
    ['an invalid filter', { userFilter: '(uid=' }, { code: 'ldap_filter_invalid', details: { setting: 'userFilter' } }],
    [
      'a truncated filter',
      { groupFilter: '(&(objectClass=groupOfNames)' },
      { code: 'ldap_filter_invalid', details: { setting: 'groupFilter' } },
    ],
    ['more entries than allowed', { limits: { entries: 100 } }, { code: 'ldap_too_many_entries' }],
    ['more memberships than allowed', { limits: { memberships: 60 } }, { code: 'ldap_answer_too_large' }],
    ['an overall timeout', { overallTimeout: 1 }, { code: 'ldap_timed_out', details: { step: 'whole' } }],
    ['an untrusted certificate', { startTls: true }, { code: 'ldap_certificate_untrusted' }],
    ['an invalid CA certificate', { startTls: true, ca: 'nonsense' }, { code: 'ldap_ca_invalid' }],
  ])('reports %s', async (_, overrides, expected) => {
    await expect(read(overrides)).rejects.toMatchObject(expected)
  })

  test('includes the password in no error', async () => {
    const error = await read({ bindPassword: 'hunter2' }).catch((thrown: Error) => thrown)

    expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain('hunter2')
  })

  test('stops when the signal is aborted', async () => {
    const controller = new AbortController()
    const readPromise = ldapSource(sourceOptions(slapd.url)).read(controller.signal)
    const reason = new Error('no more')
    setImmediate(() => controller.abort(reason))

    await expect(readPromise).rejects.toBe(reason)
    await expect(ldapSource(sourceOptions(slapd.url)).read(controller.signal)).rejects.toBe(reason)
  })
})

describeUnless(slapdUnavailableReason, describe)('a server without paging', () => {
  test('rejects an incomplete result', async () => {
    const ldif = generateLdif({ users: 200, groups: 1 })
    await using slapd = await startSlapd({ ldif, sizeLimit: 100, pages: false })

    await expect(ldapSource(sourceOptions(slapd.url)).read(neverAborted)).rejects.toMatchObject({
      code: expect.stringMatching(/^ldap_(size_limit_exceeded|refused)$/),
    })
  })
})

describeUnless(slapdUnavailableReason, describe)('a server that authenticates the user of this process', () => {
  test('accepts a bind without a password only over its socket', async () => {
    const [user, group] = [process.getuid?.(), process.getgid?.()]
    const processDn = `gidNumber=${group}+uidNumber=${user},cn=peercred,cn=external,cn=auth`
    const configuration = `access to * by dn.exact="${processDn}" read by anonymous auth by * none`
    await using slapd = await startSlapd({ ldif: generateLdif({ users: 3, groups: 1 }), configuration })
    const read = (overrides: Partial<LdapOptions>) => ldapSource(sourceOptions(slapd.url, overrides)).read(neverAborted)

    expect((await read({ url: slapd.socketUrl, bindDn: '' })).people).toHaveLength(3)
    await expect(read({ bindDn: '' })).rejects.toMatchObject({ code: 'ldap_access_denied' })
    await expect(read({ url: slapd.socketUrl })).rejects.toMatchObject({ code: 'ldap_base_not_found' })
  })
})

describeUnless(slapdUnavailableReason, describe)('fifty thousand users', () => {
  test('reads within bounded memory', async () => {
    const ldif = generateLdif({ users: 50_000, groups: 50, members: 1_000 })
    await using slapd = await startSlapd({ ldif })
    collectGarbage()
    const memoryBefore = process.memoryUsage()
    const result = await ldapSource(sourceOptions(slapd.url)).read(neverAborted)
    const memoryAfter = process.memoryUsage()
    collectGarbage()
    const retainedBytes = process.memoryUsage().arrayBuffers - memoryBefore.arrayBuffers

    expect(result.people).toHaveLength(50_000)
    expect(result.groups[0]?.memberIds).toHaveLength(1_000)
    expect(memoryAfter.rss - memoryBefore.rss).toBeLessThan(400 * 1024 * 1024)
    expect(memoryAfter.arrayBuffers - memoryBefore.arrayBuffers).toBeLessThan(64 * 1024 * 1024)
    // Received data is not retained.
    expect(retainedBytes).toBeLessThan(2 * 1024 * 1024)
  })
})
