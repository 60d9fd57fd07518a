import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type LdapOptions, ldapSource, searchLdapSample } from '@pocket/directory'
import { freePort } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { PresenceFilter } from 'ldapts'
import { base, options } from './directory-of-tests.ts'
import { type Asked, entry, type Peer, type PeerOptions, reference, result, startPeer } from './peer.ts'

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

/** A directory with people only: answers the search for people as is said, and knows no groups. */
const people = (answer: (asked: Asked, socket: Socket) => void): PeerOptions => ({
  onRequest: (asked, socket) =>
    asked.search && JSON.stringify(asked.search.filter).includes('groupof')
      ? socket.write(result(asked.id))
      : answer(asked, socket),
})

describe('a peer that is not there', () => {
  test('refuses', async () => {
    const url = `ldap://127.0.0.1:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ECONNREFUSED' },
    })
  })

  test('has no address', async () => {
    await expect(readFrom({ url: 'ldap://nobody.invalid' })).rejects.toMatchObject({ code: 'ldap_host_not_found' })
  })

  test('has an address of version 6', async () => {
    const url = `ldap://[::1]:${await freePort()}`

    await expect(readFrom({ url })).rejects.toMatchObject({ code: 'ldap_unreachable', details: { step: 'connect' } })
  })

  test('has no socket', async () => {
    await expect(readFrom({ url: 'ldapi:///nowhere/at/all' })).rejects.toMatchObject({
      code: 'ldap_unreachable',
      details: { step: 'connect', system: 'ENOENT' },
    })
  })

  test.each(['', 'http://example.com', 'ldap://', 'ldap://me:secret@example.com', 'nonsense', 'ldapi://%zz'])(
    'has the address %j',
    async (url) => {
      const code = url === '' ? 'ldap_setting_missing' : 'ldap_address_invalid'

      await expect(readFrom({ url })).rejects.toMatchObject({ code, details: { setting: 'url' } })
    },
  )
})

describe('a peer that says too much', () => {
  const talks = (said: string): PeerOptions => ({
    onRequest: ({ id }, socket) => socket.write(result(id, 0x78, 53, { said })),
  })

  test('is cut short', async () => {
    const refused = reading(talks('no '.repeat(10_000)), { startTls: true })

    await expect(refused).rejects.toMatchObject({ code: 'ldap_starttls_refused' })
    await refused.catch((error: unknown) => expect(String(error).length).toBeLessThan(1_000))
  })

  test.each<[string, (id: number) => Buffer]>([
    ['a refusal', (id) => result(id, 0x65, 53, { said: 'cn=reader has s3cret-password' })],
    ['a referral', (id) => result(id, 0x65, 10, { referral: 'ldap://other.example/s3cret-password' })],
    ['a goodbye', () => result(0, 0x78, 52, { said: 'no s3cret-password' })],
  ])('has the password repeated nowhere: %s', async (_, answer) => {
    const bound = { bindDn: 'cn=reader', bindPassword: 's3cret-password' }
    const refused = reading({ onRequest: ({ id }, socket) => socket.write(answer(id)) }, bound)

    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/^ldap_(refused|referral|unavailable)$/),
    })
    await refused.catch((error: unknown) => expect(JSON.stringify([error, String(error)])).not.toContain('s3cret'))
  })
})

describe('a peer that is no LDAP server', () => {
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

  test('says one byte at a time, and never comes to an end', async () => {
    const drip = async (socket: Socket) => {
      for (const byte of result(1, 0x61).subarray(0, -1)) {
        socket.write(Buffer.of(byte))
        await setTimeout(40)
      }
    }

    await expect(reading({ onConnection: drip }, hasty)).rejects.toMatchObject({ code: 'ldap_timed_out' })
  })
})

describe('a certificate', () => {
  test.each([
    ['that has expired', { hosts: ['127.0.0.1'], notAfter: Date.now() - 60_000 }, 'ldap_certificate_expired'],
    ['of another host', { hosts: ['ldap.example.com'] }, 'ldap_certificate_wrong_host'],
    ['of another authority', { hosts: ['127.0.0.1'] }, 'ldap_certificate_untrusted'],
  ])('%s is refused', async (name, wanted, code) => {
    const ca = name === 'of another authority' ? (await createAuthority('Another')).cert : (await authority).cert
    const tls = await (await authority).issue(wanted)

    await expect(reading({ tls }, { ca })).rejects.toMatchObject({ code })
  })

  test('is not asked for where StartTLS is refused', async () => {
    const onRequest = ({ id }: Asked, socket: Socket) => socket.write(result(id, 0x78, 2, { said: 'no TLS here' }))

    await expect(reading({ onRequest }, { startTls: true })).rejects.toMatchObject({
      code: 'ldap_starttls_refused',
      details: { said: 'no TLS here' },
    })
  })

  test('does not cover what was said before it', async () => {
    const onRequest = ({ id }: Asked, socket: Socket) =>
      socket.write(Buffer.concat([result(id, 0x78), result(id + 1, 0x61)]))

    await expect(reading({ onRequest }, { startTls: true })).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })
})

describe('an answer', () => {
  test.each<[number, string]>([
    [3, 'ldap_time_limit_exceeded'],
    [4, 'ldap_size_limit_exceeded'],
    [11, 'ldap_size_limit_exceeded'],
    [32, 'ldap_base_not_found'],
    [50, 'ldap_access_denied'],
    [51, 'ldap_unavailable'],
    [53, 'ldap_refused'],
  ])('that ends with %i is none', async (resultCode, code) => {
    const peer = people(({ id }, socket) =>
      socket.write(Buffer.concat([entry(id, dn, alice), result(id, 0x65, resultCode, { said: 'so it is' })])),
    )

    await expect(reading(peer)).rejects.toMatchObject({
      code,
      details: { step: 'search', resultCode: String(resultCode), said: 'so it is' },
    })
  })

  test('of Active Directory to a guest says that nothing may be read', async () => {
    const said =
      '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed'
    const peer = people(({ id }, socket) => socket.write(result(id, 0x65, 1, { said })))

    await expect(reading(peer, { bindDn: '' })).rejects.toMatchObject({ code: 'ldap_access_denied' })
  })

  test('that sends us elsewhere is none', async () => {
    const referral = `ldap://elsewhere.example.com/${base}`
    const peer = people(({ id }, socket) => socket.write(result(id, 0x65, 10, { referral })))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_referral', details: { referral } })
  })

  test('that is cut off in the middle is none', async () => {
    const peer = people(({ id }, socket) => {
      socket.write(entry(id, dn, alice))
      socket.end(entry(id, dn, alice).subarray(0, 20))
    })

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_connection_lost', details: { step: 'search' } })
  })

  test('that stops in the middle is none', async () => {
    const peer = people(({ id }, socket) => socket.write(entry(id, dn, alice)))

    await expect(reading(peer, hasty)).rejects.toMatchObject({ code: 'ldap_timed_out', details: { step: 'search' } })
  })

  test('that names lengths beyond its end is none', async () => {
    // SEQUENCE { 2, entry { '', { { 'a', SET { a value that is longer than all of it } } } } }
    const lying = Buffer.from('301402010264 0f0400300b3009040161310404020000'.replace(' ', ''), 'hex')
    lying[lying.length - 3] = 0x7f
    const peer = people((_, socket) => socket.write(lying))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })

  test('with a million of empty values is read without them', async () => {
    const peer = people(({ id, search }, socket) => {
      const mail = search?.attributes.includes('mail') ? Array.from({ length: 1_000_000 }, () => '') : []
      socket.write(Buffer.concat([entry(id, dn, { ...alice, mail }), result(id)]))
    })

    const answer = await reading(peer)

    expect(answer.people).toEqual([{ dn, id: 'a', userName: 'alice' }])
    expect(answer.problems).toEqual([{ dn, code: 'value_too_large', detail: 'mail' }])
  })

  test('of more text than anybody keeps is none', async () => {
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

  test('to a test search may be longer than was asked for', async () => {
    const peer = people(({ id }, socket) => {
      const all = Array.from({ length: 10 }, (_, n) => entry(id, `uid=${n},${base}`, { entryUUID: [`${n}`] }))
      socket.write(Buffer.concat([...all, result(id)]))
    })
    await using server = await startPeer(peer)

    expect((await searchLdapSample(options(server.url), 3, never)).people).toHaveLength(3)
  })

  test('with an identifier of several entries makes nobody of any of them', async () => {
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
              // The same one again.
              entry(id, `UID=bob, ${base}`, { entryUUID: ['b'], uid: ['bob'] }),
            ]
        socket.write(Buffer.concat([...found, result(id)]))
      },
    }

    const answer = await reading(server)

    expect(answer.people.map(({ id }) => id)).toEqual(['b'])
    // Whoever is in it stays in it.
    expect(answer.groups).toEqual([{ dn: `cn=club,${base}`, id: 'club', name: 'club', memberIds: ['a'] }])
    expect(answer.problems).toEqual([
      { dn, code: 'id_duplicate', detail: evil },
      { dn: evil, code: 'id_duplicate', detail: dn },
      { dn: groups[1], code: 'id_duplicate', detail: groups[0], id: 'staff' },
      { dn: groups[0], code: 'id_duplicate', detail: groups[1], id: 'staff' },
    ])
  })

  test('may be thousands of messages at once', async () => {
    const peer = people(({ id }, socket) => {
      const many = Array.from({ length: 20_000 }, (_, n) => entry(id, `uid=${n},${base}`, { entryUUID: [`${n}`] }))
      socket.write(Buffer.concat([...many, result(id)]))
    })

    expect((await reading(peer)).people).toHaveLength(20_000)
  })

  test('may have an empty page in its middle', async () => {
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
  ])('of %s is none', async (_, cookie, isFull) => {
    let n = 0
    const peer = people(({ id }, socket) => {
      n += 1
      const found = isFull ? entry(id, dn, alice) : Buffer.alloc(0)
      socket.write(Buffer.concat([found, result(id, 0x65, 0, { cookie: cookie(n) })]))
    })

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('tells where it knows more', async () => {
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

  test('with a value of ten megabytes is read without it', async () => {
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

describe('members', () => {
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
    // Another view of the same people.
    ['uid=alice,cn=compat,dc=elsewhere'],
  ])('%j is alice', async (member) => {
    expect(await withMembers([member, member])).toEqual(['a'])
  })

  test.each([
    // Nobody who was wanted, though of the same name.
    [`uid=alice,ou=guests,${base}`],
    ['cn=alice,cn=compat,dc=elsewhere'],
    [`${dn},`],
    [`uid="alice,ou=people,${base}`],
    ['a'],
    ['='],
    [''],
    ['uid='.repeat(50_000)],
  ])('%j is nobody', async (member) => {
    expect(await withMembers([member])).toEqual([])
  })
})

describe('an identifier', () => {
  test.each([
    ['00112233445566778899aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
    // It is UTF-8 by chance.
    ['000102030405060708090a0b0c0d0e0f', '00010203-0405-0607-0809-0a0b0c0d0e0f'],
    [Buffer.from('sixteen letters!').toString('hex'), 'sixteen letters!'],
    [Buffer.from('e\u0301').toString('hex'), '\u00e9'],
    ['ff', '/w=='],
    ['6100', 'YQA='],
  ])('of the bytes %s is %j', async (bytes, expected) => {
    const attributes = { ...alice, entryUUID: [Buffer.from(bytes, 'hex')] }
    const peer = people(({ id }, socket) => socket.write(Buffer.concat([entry(id, dn, attributes), result(id)])))

    expect((await reading(peer)).people[0]?.id).toBe(expected)
  })
})

describe('a group of thousands, as Active Directory tells it', () => {
  const cn = `cn=everybody,${base}`
  const everybody = Array.from({ length: 3_500 }, (_, n) => `uid=user${n},${base}`)

  /** Answers with a part of the members, from where it is asked. */
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

  test('is read to its end', async () => {
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

  test('that has no end is none', async () => {
    const peer = server(() => ({ 'member;range=0-1499': everybody.slice(0, 1_500) }))

    await expect(reading(peer)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('that is too large is missing, and said with its identifier', async () => {
    const peer = server((from) => ({ [`member;range=${from}-${from + 1_499}`]: everybody.slice(0, from ? 9_999 : 9) }))
    const answer = await reading(peer, { limits: { groupBytes: 20_000 } })

    expect(answer.groups).toEqual([])
    expect(answer.problems).toEqual([{ dn: cn, code: 'group_too_large', id: 'g' }])
  })
})
