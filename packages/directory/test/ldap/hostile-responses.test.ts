import { describe, expect, test } from '@jest/globals'
import { searchLdapSample } from '@pocket/directory'
import { PresenceFilter } from 'ldapts'
import { alice, dn, neverAborted, readFromScripted, respondToPeople, shortTimeouts } from './hostile-server.ts'
import {
  encodeEntry,
  encodeReference,
  encodeResult,
  type ScriptedServerOptions,
  startScriptedServer,
} from './scripted-server.ts'
import { base, sourceOptions } from './test-directory.ts'

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
    const serverOptions = respondToPeople(({ id }, socket) =>
      socket.write(
        Buffer.concat([
          encodeEntry(id, dn, alice),
          encodeResult(id, 0x65, resultCode, { diagnosticMessage: 'unwilling to perform' }),
        ]),
      ),
    )

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({
      code,
      details: { step: 'search', resultCode: String(resultCode), diagnosticMessage: 'unwilling to perform' },
    })
  })

  test('reports that anonymous clients of Active Directory may not search', async () => {
    const diagnosticMessage =
      '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed'
    const serverOptions = respondToPeople(({ id }, socket) =>
      socket.write(encodeResult(id, 0x65, 1, { diagnosticMessage })),
    )

    await expect(readFromScripted(serverOptions, { bindDn: '' })).rejects.toMatchObject({ code: 'ldap_access_denied' })
  })

  test('is an error if it is a referral', async () => {
    const referral = `ldap://elsewhere.example.com/${base}`
    const serverOptions = respondToPeople(({ id }, socket) => socket.write(encodeResult(id, 0x65, 10, { referral })))

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({
      code: 'ldap_referral',
      details: { referral },
    })
  })

  test('is an error if the connection closes halfway', async () => {
    const serverOptions = respondToPeople(({ id }, socket) => {
      socket.write(encodeEntry(id, dn, alice))
      socket.end(encodeEntry(id, dn, alice).subarray(0, 20))
    })

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({
      code: 'ldap_connection_lost',
      details: { step: 'search' },
    })
  })

  test('is an error if it stops halfway', async () => {
    const serverOptions = respondToPeople(({ id }, socket) => socket.write(encodeEntry(id, dn, alice)))

    await expect(readFromScripted(serverOptions, shortTimeouts)).rejects.toMatchObject({
      code: 'ldap_timed_out',
      details: { step: 'search' },
    })
  })

  test('is an error if a length exceeds the message', async () => {
    // SEQUENCE { 2, entry { '', { { 'a', SET { a value that exceeds the message } } } } }
    const invalidMessage = Buffer.from('301402010264 0f0400300b3009040161310404020000'.replace(' ', ''), 'hex')
    invalidMessage[invalidMessage.length - 3] = 0x7f
    const serverOptions = respondToPeople((_, socket) => socket.write(invalidMessage))

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({ code: 'ldap_not_ldap' })
  })

  test('is read without a million empty values', async () => {
    const serverOptions = respondToPeople(({ id, search }, socket) => {
      const mail = search?.attributes.includes('mail') ? Array.from({ length: 1_000_000 }, () => '') : []
      socket.write(Buffer.concat([encodeEntry(id, dn, { ...alice, mail }), encodeResult(id)]))
    })

    const answer = await readFromScripted(serverOptions)

    expect(answer.people).toEqual([{ dn, id: 'a', userName: 'alice' }])
    expect(answer.problems).toEqual([{ dn, code: 'value_too_large', detail: 'mail' }])
  })

  test('is an error if it exceeds the text limit', async () => {
    const serverOptions = respondToPeople(({ id, cookie }, socket) => {
      const member = Array.from({ length: 1_000 }, (_, index) => `uid=${index},${base}`)
      const entries = Array.from({ length: 100 }, (_, index) =>
        encodeEntry(id, `uid=${cookie}${index}`, { entryUUID: [`${index}`], uid: member }),
      )
      socket.write(Buffer.concat([...entries, encodeResult(id, 0x65, 0, { cookie: `${cookie}x` })]))
    })

    await expect(readFromScripted(serverOptions, { limits: { textBytes: 5_000_000 } })).rejects.toMatchObject({
      code: 'ldap_answer_too_large',
      details: { limit: '5000000' },
    })
  })

  test('may be longer than requested in a test search', async () => {
    const serverOptions = respondToPeople(({ id }, socket) => {
      const entries = Array.from({ length: 10 }, (_, index) =>
        encodeEntry(id, `uid=${index},${base}`, { entryUUID: [`${index}`] }),
      )
      socket.write(Buffer.concat([...entries, encodeResult(id)]))
    })
    await using withRanges = await startScriptedServer(serverOptions)

    expect((await searchLdapSample(sourceOptions(withRanges.url), 3, neverAborted)).people).toHaveLength(3)
  })

  test('imports none of the entries that share an identifier', async () => {
    const duplicateDn = `uid=alice,ou=apart,${base}`
    const groups = ['groups', 'apart'].map((ou) => `cn=staff,ou=${ou},${base}`)
    const withRanges: ScriptedServerOptions = {
      onRequest({ id, search }, socket) {
        const isGroups = JSON.stringify(search?.filter).includes('groupof')
        const entries = isGroups
          ? [
              ...groups.map((name) => encodeEntry(id, name, { entryUUID: ['staff'], cn: ['staff'], member: [dn] })),
              encodeEntry(id, `cn=club,${base}`, { entryUUID: ['club'], cn: ['club'], member: [dn, duplicateDn] }),
            ]
          : [
              encodeEntry(id, duplicateDn, { entryUUID: ['a'], uid: ['alice'], mail: ['evil@example.com'] }),
              encodeEntry(id, dn, alice),
              encodeEntry(id, `uid=bob,${base}`, { entryUUID: ['b'], uid: ['bob'] }),
              // A repeated entry.
              encodeEntry(id, `UID=bob, ${base}`, { entryUUID: ['b'], uid: ['bob'] }),
            ]
        socket.write(Buffer.concat([...entries, encodeResult(id)]))
      },
    }

    const answer = await readFromScripted(withRanges)

    expect(answer.people.map(({ id }) => id)).toEqual(['b'])
    // A skipped user keeps existing memberships.
    expect(answer.groups).toEqual([{ dn: `cn=club,${base}`, id: 'club', name: 'club', memberIds: ['a'] }])
    expect(answer.problems).toEqual([
      { dn, code: 'id_duplicate', detail: duplicateDn },
      { dn: duplicateDn, code: 'id_duplicate', detail: dn },
      { dn: groups[1], code: 'id_duplicate', detail: groups[0], id: 'staff' },
      { dn: groups[0], code: 'id_duplicate', detail: groups[1], id: 'staff' },
    ])
  })

  test('may consist of thousands of messages at once', async () => {
    const serverOptions = respondToPeople(({ id }, socket) => {
      const entries = Array.from({ length: 20_000 }, (_, index) =>
        encodeEntry(id, `uid=${index},${base}`, { entryUUID: [`${index}`] }),
      )
      socket.write(Buffer.concat([...entries, encodeResult(id)]))
    })

    expect((await readFromScripted(serverOptions)).people).toHaveLength(20_000)
  })

  test('may contain an empty page', async () => {
    const pages: Record<string, string> = { '': 'one', one: 'two', two: 'three' }
    const serverOptions = respondToPeople(({ id, cookie }, socket) => {
      const entries = cookie === 'two' ? encodeEntry(id, dn, alice) : Buffer.alloc(0)
      socket.write(Buffer.concat([entries, encodeResult(id, 0x65, 0, { cookie: pages[cookie] ?? '' })]))
    })

    expect((await readFromScripted(serverOptions)).people).toEqual([{ dn, id: 'a', userName: 'alice' }])
  })

  test.each<[string, (index: number) => string, boolean]>([
    ['repeated pages', () => 'same', true],
    ['endless empty pages', (index) => `page ${index}`, false],
  ])('is an error: %s', async (_, cookie, isFull) => {
    let index = 0
    const serverOptions = respondToPeople(({ id }, socket) => {
      index += 1
      const entries = isFull ? encodeEntry(id, dn, alice) : Buffer.alloc(0)
      socket.write(Buffer.concat([entries, encodeResult(id, 0x65, 0, { cookie: cookie(index) })]))
    })

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('reports referrals', async () => {
    const serverOptions = respondToPeople(({ id }, socket) =>
      socket.write(
        Buffer.concat([
          encodeEntry(id, dn, alice),
          encodeReference(id, 'ldap://ForestDnsZones.example.com/DC=ForestDnsZones,DC=example,DC=com'),
          encodeReference(id, 'ldap://example.com/CN=Configuration,DC=example,DC=com'),
          encodeReference(id, 'ldap://branch.example.com/ou=branch,dc=example,dc=com'),
          encodeResult(id),
        ]),
      ),
    )

    expect((await readFromScripted(serverOptions)).problems).toEqual([
      {
        dn: 'ou=branch,dc=example,dc=com',
        code: 'referral_not_followed',
        detail: 'ldap://branch.example.com/ou=branch,dc=example,dc=com',
      },
    ])
  })

  test('is read without a value of ten megabytes', async () => {
    const picture = Buffer.alloc(10 * 1024 * 1024, 1)
    const serverOptions = respondToPeople(({ id, search }, socket) => {
      const isRequested = (name: string) => search?.attributes.includes(name.toLowerCase())
      const attributes = { ...alice, cn: ['Alice'], jpegPhoto: [picture] }
      const requestedAttributes = Object.fromEntries(Object.entries(attributes).filter(([name]) => isRequested(name)))
      socket.write(Buffer.concat([encodeEntry(id, dn, requestedAttributes), encodeResult(id)]))
    })

    const answer = await readFromScripted(serverOptions)

    expect(answer.people).toEqual([{ dn, id: 'a', userName: 'alice', displayName: 'Alice' }])
    expect(answer.problems).toEqual([{ dn, code: 'value_too_large', detail: 'jpegPhoto' }])
  })
})

describe('group members', () => {
  /** Alice, and a group with these members. */
  const resolveMembers = async (member: readonly string[]) => {
    const answer = await readFromScripted({
      onRequest: ({ id, search }, socket) => {
        const isGroup = JSON.stringify(search?.filter).includes('groupof')
        const entries = isGroup
          ? encodeEntry(id, `cn=group,${base}`, { entryUUID: ['g'], member })
          : encodeEntry(id, dn, search?.filter instanceof PresenceFilter ? {} : alice)
        socket.write(Buffer.concat([entries, encodeResult(id)]))
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
    expect(await resolveMembers([member, member])).toEqual(['a'])
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
    expect(await resolveMembers([member])).toEqual([])
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
    const serverOptions = respondToPeople(({ id }, socket) =>
      socket.write(Buffer.concat([encodeEntry(id, dn, attributes), encodeResult(id)])),
    )

    expect((await readFromScripted(serverOptions)).people[0]?.id).toBe(expected)
  })
})

describe('ranged group members of Active Directory', () => {
  const cn = `cn=everybody,${base}`
  const memberDns = Array.from({ length: 3_500 }, (_, index) => `uid=user${index},${base}`)

  /** Returns a range of the members, from the requested index. */
  const respondWithRanges = (rangeFrom: (from: number) => Record<string, string[]>): ScriptedServerOptions => ({
    onRequest: ({ id, search }, socket) => {
      const from = Number(/range=(\d+)-/.exec(search?.attributes[0] ?? '')?.[1] ?? 0)
      const isGroup = search?.scope === 'base' || JSON.stringify(search?.filter).includes('groupof')
      const entries = isGroup
        ? [encodeEntry(id, cn, { entryUUID: ['g'], cn: ['everybody'], member: [], ...rangeFrom(from) })]
        : memberDns.map((memberDn, index) =>
            encodeEntry(id, memberDn, { entryUUID: [`${index}`], uid: [`user${index}`] }),
          )
      socket.write(Buffer.concat([...entries, encodeResult(id)]))
    },
  })

  test('are read completely', async () => {
    const answer = await readFromScripted(
      respondWithRanges((from) => {
        const to = from + 1_499
        const name = `member;range=${from}-${to >= memberDns.length ? '*' : to}`
        return { [name]: memberDns.slice(from, to + 1) }
      }),
    )

    expect(answer.groups).toEqual([
      { dn: cn, id: 'g', name: 'everybody', memberIds: memberDns.map((_, index) => `${index}`) },
    ])
    expect(answer.problems).toEqual([])
  })

  test('are an error if the ranges never end', async () => {
    const serverOptions = respondWithRanges(() => ({ 'member;range=0-1499': memberDns.slice(0, 1_500) }))

    await expect(readFromScripted(serverOptions)).rejects.toMatchObject({ code: 'ldap_answer_endless' })
  })

  test('are skipped if there are too many, and reported with the group identifier', async () => {
    const serverOptions = respondWithRanges((from) => ({
      [`member;range=${from}-${from + 1_499}`]: memberDns.slice(0, from ? 9_999 : 9),
    }))
    const answer = await readFromScripted(serverOptions, { limits: { groupBytes: 20_000 } })

    expect(answer.groups).toEqual([])
    expect(answer.problems).toEqual([{ dn: cn, code: 'group_too_large', id: 'g' }])
  })
})
