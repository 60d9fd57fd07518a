import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type LdapOptions, ldapSource, searchLdapSample } from '@pocket/directory'
import { freePort } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { PresenceFilter } from 'ldapts'
import { type Asked, entry, type Peer, type PeerOptions, reference, result, startPeer } from './scripted-server.ts'
import { base, options } from './test-directory.ts'

const never = new AbortController().signal
const hasty = { connectTimeout: 1000, operationTimeout: 1000 }
const dn = `uid=alice,ou=people,${base}`
const alice = { entryUUID: ['a'], uid: ['alice'] }
const authority = createAuthority()

const readFrom = ({ url }: { readonly url: string }, more: Partial<LdapOptions> = {}) =>
  ldapSource(options(url, more)).read(never)

async function reading(peer: PeerOptions, more: Partial<LdapOptions> = {}) {
  await using server: Peer = await startPeer(peer)
  return await readFrom(server, more)
}

/** A directory without groups: answers only the search for users. */
const people = (answer: (asked: Asked, socket: Socket) => void): PeerOptions => ({
  onRequest: (asked, socket) =>
    asked.search && JSON.stringify(asked.search.filter).includes('groupof')
      ? socket.write(result(asked.id))
      : answer(asked, socket),
})

describe('an unreachable server', () => {
  test('reports a refused connection', async () => {
    const url = `ldap://127.0.0.1:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ECONNREFUSED' },
    })
  })

  test('reports an unknown host', async () => {
    await expect(readFrom({ url: 'ldap://nobody.invalid' })).rejects.toMatchObject({ code: 'ldap_host_not_found' })
  })

  test('reports an unreachable IPv6 address', async () => {
    const url = `ldap://[::1]:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({ code: 'ldap_unreachable', details: { step: 'connect' } })
  })

  test('reports a missing socket', async () => {
    await expect(readFrom({ url: 'ldapi:///nowhere/at/all' })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ENOENT' },
    })
  })

  test.each(['', 'http://example.com', 'ldap://', 'ldap://me:secret@example.com', 'nonsense', 'ldapi://%zz'])(
    'rejects the address %j',
    async (url) => {
      const code = url === '' ? 'ldap_setting_missing' : 'ldap_address_invalid'

      await expect(readFrom({ url })).rejects.toMatchObject({ code, details: { setting: 'url' } })
    },
  )
})

describe('a verbose server', () => {
  const talks = (said: string): PeerOptions => ({
    onRequest: ({ id }, socket) => socket.write(result(id, 0x78, 53, { said })),
  })

  test('truncates its message', async () => {
    const refused = reading(talks('no '.repeat(10_000)), { startTls: true })

    await expect(refused).rejects.toMatchObject({ code: 'ldap_starttls_refused' })
    await refused.catch((error: unknown) => expect(String(error).length).toBeLessThan(1_000))
  })

  test.each<[string, (id: number) => Buffer]>([
    ['a refusal', (id) => result(id, 0x65, 53, { said: 'cn=reader has s3cret-password' })],
    ['a referral', (id) => result(id, 0x65, 10, { referral: 'ldap://other.example/s3cret-password' })],
    ['a goodbye', () => result(0, 0x78, 52, { said: 'no s3cret-password' })],
  ])('redacts the password in every form: %s', async (_, answer) => {
    const bound = { bindDn: 'cn=reader', bindPassword: 's3cret-password' }
    const refused = reading({ onRequest: ({ id }, socket) => socket.write(answer(id)) }, bound)

    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/^ldap_(refused|referral|unavailable)$/),
    })
    await refused.catch((error: unknown) => expect(JSON.stringify([error, String(error)])).not.toContain('s3cret'))
  })
})

describe('a server that is not LDAP', () => {
  const http = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'
  const says = (bytes: Buffer | string): PeerOptions => ({ onConnection: (socket) => socket.write(bytes) })

  test.each<[string, PeerOptions, Partial<LdapOptions>, object]>([
    ['says nothing', {}, hasty, { code: 'ldap_timed_out', details: { step: 'bind' } }],
    ['says nothing to ldaps', {}, hasty, { code: 'ldap_timed_out', details: { step: 'tls' } }],
    ['speaks HTTP', says(http), {}, { code: 'ldap_not_ldap' }],
    ['speaks HTTP to ldaps', says(http), {}, { code: 'ldap_tls_failed', details: { step: 'tls' } }],
    ['speaks noise', says(Buffer.from('30800201', 'hex')), {}, { code: 'ldap_not_ldap' }],
    ['speaks zeros', says(Buffer.alloc(1_000)), {}, { code: 'ldap_not_ldap' }],
    ['announces four gigabytes', says(Buffer.from('3084ffffffff0201', 'hex')), hasty, { code: 'ldap_timed_out' }],
    ['answers what was not asked', says(result(77, 0x61)), {}, { code: 'ldap_not_ldap' }],
    ['answers another operation', says(result(1, 0x65)), {}, { code: 'ldap_not_ldap' }],
    ['hangs up', { onConnection: (socket) => socket.end() }, {}, { code: 'ldap_connection_lost' }],
    [
      'breaks off',
      { onConnection: (socket) => socket.once('data', () => socket.resetAndDestroy()) },
      {},
      { code: 'ldap_connection_lost' },
    ],
    ['is leaving', says(result(0, 0x78, 52, { said: 'bye' })), {}, { code: 'ldap_unavailable' }],
  ])('%s', async (name, peer, more, expected) => {
    await using server = await startPeer(peer)
    const url = name.endsWith('ldaps') ? server.url.replace('ldap:', 'ldaps:') : server.url

    await expect(readFrom({ url }, more)).rejects.toMatchObject(expected)
  })

  test('times out if the server sends one byte at a time', async () => {
    const drip = async (socket: Socket) => {
      for (const byte of result(1, 0x61).subarray(0, -1)) {
        socket.write(Buffer.of(byte))
        await setTimeout(40)
      }
    }

    await expect(reading({ onConnection: drip }, hasty)).rejects.toMatchObject({ code: 'ldap_timed_out' })
  })
})

describe('TLS', () => {
  test.each([
    ['that has expired', { hosts: ['127.0.0.1'], notAfter: Date.now() - 60_000 }, 'ldap_certificate_expired'],
    ['of another host', { hosts: ['ldap.example.com'] }, 'ldap_certificate_wrong_host'],
    ['of another authority', { hosts: ['127.0.0.1'] }, 'ldap_certificate_untrusted'],
  ])('rejects a certificate: %s', async (name, wanted, code) => {
    const ca = name === 'of another authority' ? (await createAuthority('Another')).cert : (await authority).cert
    const tls = await (await authority).issue(wanted)

    await expect(reading({ tls }, { ca })).rejects.toMatchObject({ code })
  })

  test('reports a refused StartTLS before checking the certificate', async () => {
    const onRequest = ({ id }: Asked, socket: Socket) => socket.write(result(id, 0x78, 2, { said: 'no TLS here' }))

    await expect(reading({ onRequest }, { startTls: true })).rejects.toMatchObject({
      code: 'ldap_starttls_refused',
      details: { said: 'no TLS here' },
    })
  })

  test('discards data received before the handshake', async () => {
    const onRequest = ({ id }: Asked, socket: Socket) =>
      socket.write(Buffer.concat([result(id, 0x78), result(id + 1, 0x61)]))

    await expect(reading({ onRequest }, { startTls: true })).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })
})

describe('a response', () => {
  test.each<[number, string]>([
    [3, 'ldap_time_limit_exceeded'],
    [4, 'ldap_size_limit_exceeded'],
    [11, 'ldap_size_limit_exceeded'],
    [32, 'ldap_base_not_found'],
    [50, 'ldap_access_denied'],
    [51, 'ldap_unavailable'],
    [53, 'ldap_refused'],
  ])('is an error if it ends with code %i', async (resultCode, code) => {
    const peer = people(({ id }, socket) =>
      socket.write(Buffer.concat([entry(id, dn, alice), result(id, 0x65, resultCode, { said: 'so it is' })])),
    )

    await expect(reading(peer)).rejects.toMatchObject({
      code,
      details: { step: 'search', resultCode: String(resultCode), said: 'so it is' },
    })
  })

  test('reports that anonymous clients of Active Directory may not search', async () => {
    const said =
      '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed'
    const peer = people(({ id }, socket) => socket.write(result(id, 0x65, 1, { said })))

    await expect(reading(peer, { bindDn: '' })).rejects.toMatchObject({ code: 'ldap_access_denied' })
  })

  test('is an error if it is a referral', async () => {
    const referral = `ldap://elsewhere.example.com/${base}`
    const peer = people(({ id }, socket) => socket.write(result(id, 0x65, 10, { referral })))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_referral', details: { referral } })
  })

  test('is an error if the connection closes halfway', async () => {
    const peer = people(({ id }, socket) => {
      socket.write(entry(id, dn, alice))
      socket.end(entry(id, dn, alice).subarray(0, 20))
    })

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_connection_lost', details: { step: 'search' } })
  })

  test('is an error if it stops halfway', async () => {
    const peer = people(({ id }, socket) => socket.write(entry(id, dn, alice)))

    await expect(reading(peer, hasty)).rejects.toMatchObject({ code: 'ldap_timed_out', details: { step: 'search' } })
  })

  test('is an error if a length exceeds the message', async () => {
    // SEQUENCE { 2, entry { '', { { 'a', SET { a value that exceeds the message } } } } }
    const lying = Buffer.from('301402010264 0f0400300b3009040161310404020000'.replace(' ', ''), 'hex')
    lying[lying.length - 3] = 0x7f
    const peer = people((_, socket) => socket.write(lying))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })

  test('is read without a million empty values', async () => {
    const peer = people(({ id, search }, socket) => {
      const mail = search?.attributes.includes('mail') ? Array.from({ length: 1_000_000 }, () => '') : []
      socket.write(Buffer.concat([entry(id, dn, { ...alice, mail }), result(id)]))
    })

    const answer = await reading(peer)

    expect(answer.people).toEqual([{ dn, id: 'a', userName: 'alice' }])
    expect(answer.problems).toEqual([{ dn, code: 'value_too_large', detail: 'mail' }])
  })

  test('is an error if it exceeds the text limit', async () => {
    const peer = people(({ id, cookie }, socket) => {
      const member = Array.from({ length: 1_000 }, (_, n) => `uid=${n},${base}`)
      const all = Array.from({ length: 100 }, (_, n) =>
        entry(id, `uid=${cookie}${n}`, { entryUUID: [`${n}`], uid: member }),
      )
      socket.write(Buffer.concat([...all, result(id, 0x65, 0, { cookie: `${cookie}x` })]))
    })

    await expect(reading(peer, { limits: { textBytes: 5_000_000 } })).rejects.toMatchObject({
      code: 'ldap_answer_too_large',
      details: { limit: '5000000' },
    })
  })

  test('may be longer than requested in a test search', async () => {
    const peer = people(({ id }, socket) => {
      const all = Array.from({ length: 10 }, (_, n) => entry(id, `uid=${n},${base}`, { entryUUID: [`${n}`] }))
      socket.write(Buffer.concat([...all, result(id)]))
    })
    await using server = await startPeer(peer)

    expect((await searchLdapSample(options(server.url), 3, never)).people).toHaveLength(3)
  })

  test('imports none of the entries that share an identifier', async () => {
    const evil = `uid=alice,ou=apart,${base}`
    const groups = ['groups', 'apart'].map((ou) => `cn=staff,ou=${ou},${base}`)
    const server: PeerOptions = {
      onRequest({ id, search }, socket) {
        const isGroups = JSON.stringify(search?.filter).includes('groupof')
        const found = isGroups
          ? [
              ...groups.map((name) => entry(id, name, { entryUUID: ['staff'], cn: ['staff'], member: [dn] })),
              entry(id, `cn=club,${base}`, { entryUUID: ['club'], cn: ['club'], member: [dn, evil] }),
            ]
          : [
              entry(id, evil, { entryUUID: ['a'], uid: ['alice'], mail: ['evil@example.com'] }),
              entry(id, dn, alice),
              entry(id, `uid=bob,${base}`, { entryUUID: ['b'], uid: ['bob'] }),
              // A repeated entry.
              entry(id, `UID=bob, ${base}`, { entryUUID: ['b'], uid: ['bob'] }),
            ]
        socket.write(Buffer.concat([...found, result(id)]))
      },
    }

    const answer = await reading(server)

    expect(answer.people.map(({ id }) => id)).toEqual(['b'])
    // A skipped user keeps existing memberships.
    expect(answer.groups).toEqual([{ dn: `cn=club,${base}`, id: 'club', name: 'club', memberIds: ['a'] }])
    expect(answer.problems).toEqual([
      { dn, code: 'id_duplicate', detail: evil },
      { dn: evil, code: 'id_duplicate', detail: dn },
      { dn: groups[1], code: 'id_duplicate', detail: groups[0], id: 'staff' },
      { dn: groups[0], code: 'id_duplicate', detail: groups[1], id: 'staff' },
    ])
  })

  test('may consist of thousands of messages at once', async () => {
    const peer = people(({ id }, socket) => {
      const many = Array.from({ length: 20_000 }, (_, n) => entry(id, `uid=${n},${base}`, { entryUUID: [`${n}`] }))
      socket.write(Buffer.concat([...many, result(id)]))
    })

    expect((await reading(peer)).people).toHaveLength(20_000)
  })

  test('may contain an empty page', async () => {
    const pages: Record<string, string> = { '': 'one', one: 'two', two: 'three' }
    const peer = people(({ id, cookie }, socket) => {
      const found = cookie === 'two' ? entry(id, dn, alice) : Buffer.alloc(0)
      socket.write(Buffer.concat([found, result(id, 0x65, 0, { cookie: pages[cookie] ?? '' })]))
    })

    expect((await reading(peer)).people).toEqual([{ dn, id: 'a', userName: 'alice' }])
  })

  test.each<[string, (n: number) => string, boolean]>([
    ['the same page again and again', () => 'same', true],
    ['empty pages without end', (n) => `page ${n}`, false],
  ])('is an error: %s', async (_, cookie, isFull) => {
    let n = 0
    const peer = people(({ id }, socket) => {
      n += 1
      const found = isFull ? entry(id, dn, alice) : Buffer.alloc(0)
      socket.write(Buffer.concat([found, result(id, 0x65, 0, { cookie: cookie(n) })]))
    })

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('reports referrals', async () => {
    const peer = people(({ id }, socket) =>
      socket.write(
        Buffer.concat([
          entry(id, dn, alice),
          reference(id, 'ldap://ForestDnsZones.example.com/DC=ForestDnsZones,DC=example,DC=com'),
          reference(id, 'ldap://example.com/CN=Configuration,DC=example,DC=com'),
          reference(id, 'ldap://branch.example.com/ou=branch,dc=example,dc=com'),
          result(id),
        ]),
      ),
    )

    expect((await reading(peer)).problems).toEqual([
      {
        dn: 'ou=branch,dc=example,dc=com',
        code: 'referral_not_followed',
        detail: 'ldap://branch.example.com/ou=branch,dc=example,dc=com',
      },
    ])
  })

  test('is read without a value of ten megabytes', async () => {
    const picture = Buffer.alloc(10 * 1024 * 1024, 1)
    const peer = people(({ id, search }, socket) => {
      const isWanted = (name: string) => search?.attributes.includes(name.toLowerCase())
      const all = { ...alice, cn: ['Alice'], jpegPhoto: [picture] }
      const wanted = Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name)))
      socket.write(Buffer.concat([entry(id, dn, wanted), result(id)]))
    })

    const answer = await reading(peer)

    expect(answer.people).toEqual([{ dn, id: 'a', userName: 'alice', displayName: 'Alice' }])
    expect(answer.problems).toEqual([{ dn, code: 'value_too_large', detail: 'jpegPhoto' }])
  })
})

describe('group members', () => {
  /** Alice, and a group with these members. */
  const withMembers = async (member: readonly string[]) => {
    const answer = await reading({
      onRequest: ({ id, search }, socket) => {
        const isGroup = JSON.stringify(search?.filter).includes('groupof')
        const found = isGroup
          ? entry(id, `cn=group,${base}`, { entryUUID: ['g'], member })
          : entry(id, dn, search?.filter instanceof PresenceFilter ? {} : alice)
        socket.write(Buffer.concat([found, result(id)]))
      },
    })
    return answer.groups[0]?.memberIds
  }

  test.each([
    [dn],
    [`UID=\\61lice;OU = People , DC="example",dc=com`],
    [`0.9.2342.19200300.100.1.1=alice,2.5.4.11=people,${base}`],
    [`${dn}#'0'B`],
    ['alice'],
    [' ALICE '],
    // Another view of the same users.
    ['uid=alice,cn=compat,dc=elsewhere'],
  ])('resolves %j to alice', async (member) => {
    expect(await withMembers([member, member])).toEqual(['a'])
  })

  test.each([
    // An excluded user with the same name.
    [`uid=alice,ou=guests,${base}`],
    ['cn=alice,cn=compat,dc=elsewhere'],
    [`${dn},`],
    [`uid="alice,ou=people,${base}`],
    ['a'],
    ['='],
    [''],
    ['uid='.repeat(50_000)],
  ])('does not resolve %j', async (member) => {
    expect(await withMembers([member])).toEqual([])
  })
})

describe('identifiers', () => {
  test.each([
    ['00112233445566778899aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
    // These bytes happen to be valid UTF-8.
    ['000102030405060708090a0b0c0d0e0f', '00010203-0405-0607-0809-0a0b0c0d0e0f'],
    [Buffer.from('sixteen letters!').toString('hex'), 'sixteen letters!'],
    [Buffer.from('e\u0301').toString('hex'), '\u00e9'],
    ['ff', '/w=='],
    ['6100', 'YQA='],
  ])('converts the bytes %s to %j', async (bytes, expected) => {
    const attributes = { ...alice, entryUUID: [Buffer.from(bytes, 'hex')] }
    const peer = people(({ id }, socket) => socket.write(Buffer.concat([entry(id, dn, attributes), result(id)])))

    expect((await reading(peer)).people[0]?.id).toBe(expected)
  })
})

describe('ranged group members of Active Directory', () => {
  const cn = `cn=everybody,${base}`
  const everybody = Array.from({ length: 3_500 }, (_, n) => `uid=user${n},${base}`)

  /** Returns a range of the members, from the requested index. */
  const server = (part: (from: number) => Record<string, string[]>): PeerOptions => ({
    onRequest: ({ id, search }, socket) => {
      const from = Number(/range=(\d+)-/.exec(search?.attributes[0] ?? '')?.[1] ?? 0)
      const isGroup = search?.scope === 'base' || JSON.stringify(search?.filter).includes('groupof')
      const found = isGroup
        ? [entry(id, cn, { entryUUID: ['g'], cn: ['everybody'], member: [], ...part(from) })]
        : everybody.map((each, n) => entry(id, each, { entryUUID: [`${n}`], uid: [`user${n}`] }))
      socket.write(Buffer.concat([...found, result(id)]))
    },
  })

  test('are read completely', async () => {
    const answer = await reading(
      server((from) => {
        const to = from + 1_499
        const name = `member;range=${from}-${to >= everybody.length ? '*' : to}`
        return { [name]: everybody.slice(from, to + 1) }
      }),
    )

    expect(answer.groups).toEqual([{ dn: cn, id: 'g', name: 'everybody', memberIds: everybody.map((_, n) => `${n}`) }])
    expect(answer.problems).toEqual([])
  })

  test('are an error if the ranges never end', async () => {
    const peer = server(() => ({ 'member;range=0-1499': everybody.slice(0, 1_500) }))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('are skipped if there are too many, and reported with the group identifier', async () => {
    const peer = server((from) => ({ [`member;range=${from}-${from + 1_499}`]: everybody.slice(0, from ? 9_999 : 9) }))
    const answer = await reading(peer, { limits: { groupBytes: 20_000 } })

    expect(answer.groups).toEqual([])
    expect(answer.problems).toEqual([{ dn: cn, code: 'group_too_large', id: 'g' }])
  })
})
