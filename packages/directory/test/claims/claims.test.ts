import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { reservedClaims } from '../../src/entities/claim.ts'
import { newUser } from '../../src/index.ts'
import { maxKeyLength, validateClaims } from '../../src/internal.ts'
import { databases } from '../open-directory.ts'

function validate(claims: Parameters<typeof validateClaims>[0]): unknown {
  try {
    return validateClaims(claims)
  } catch (error) {
    return error
  }
}

describe('custom claims', () => {
  test.each([...reservedClaims])('reserves %s', (key) => {
    expect(
      validate([
        { key: 'room', value: 'x' },
        { key, value: 'x' },
      ]),
    ).toMatchObject({
      status: 400,
      code: 'reserved_claim',
      details: { key },
      fields: [{ field: 'key', code: 'reserved' }],
    })
  })

  test.each(['picture', 'rat', 'locale', 'https://example.com/claim', 'Ключ'])('does not reserve %s', (key) => {
    expect(validate([{ key, value: 'x' }])).toEqual([{ key, value: 'x' }])
  })

  test('stores claims once, regardless of their encoding', () => {
    const duplicates = [
      { key: 'caf\u00e9', value: '1' },
      { key: 'cafe\u0301', value: '2' },
    ]
    expect(validate(duplicates)).toMatchObject({
      status: 400,
      code: 'duplicate_claim',
      details: { key: 'café' },
      fields: [{ field: 'key', code: 'duplicate' }],
    })
  })

  test.each([
    [{ key: '', value: 'x' }, [['[0].key', 'required']]],
    [
      { key: 'a'.repeat(maxKeyLength + 1), value: '' },
      [
        ['[0].key', 'too_long'],
        ['[0].value', 'required'],
      ],
    ],
    [{ key: 'a\nb', value: 'x' }, [['[0].key', 'invalid_format']]],
    [{ key: 'a', value: '\0' }, [['[0].value', 'invalid_format']]],
    [{ key: 'a', value: '\ud800' }, [['[0].value', 'invalid_format']]],
  ])('rejects %j', (claim, problems) => {
    const fields = problems.map(([field, code]) => expect.objectContaining({ field, code }))
    expect(validate([claim])).toMatchObject({ code: 'validation_failed', fields })
  })
})

describe.each(databases)('claims on %s', (_kind, open) => {
  const env = startForEachTest(open)

  test('replaces the existing claims and keeps their order', async () => {
    const { directory } = env
    const [{ id }, other] = [
      await directory.create(newUser({ username: 'zoe' })),
      await directory.create(newUser({ username: 'max' })),
    ]
    const first = [
      { key: 'z'.repeat(maxKeyLength), value: 'x'.repeat(10_000) },
      { key: 'a', value: '{"json": ["👩‍👧"]}' },
    ]
    expect(await directory.claims.replaceForUser(id, first)).toEqual(first)
    await directory.claims.replaceForUser(other.id, [{ key: 'a', value: 'of Max' }])
    expect((await directory.users.find(id))?.claims).toEqual(first)
    const second = [{ key: 'a', value: 'e\u0301' }]
    expect(await directory.claims.replaceForUser(id, second)).toEqual([{ key: 'a', value: 'é' }])
    expect((await directory.users.find(id))?.claims).toEqual([{ key: 'a', value: 'é' }])
    const replacement = directory.claims.replaceForUser(id, [...second, { key: 'iss', value: 'x' }])
    await expect(replacement).rejects.toMatchObject({ code: 'reserved_claim' })
    expect((await directory.users.find(id))?.claims).toHaveLength(1)
    expect((await directory.users.find(other.id))?.claims).toEqual([{ key: 'a', value: 'of Max' }])
    for (const unknown of [randomUUID(), '\0']) {
      await expect(directory.claims.replaceForUser(unknown, [])).rejects.toMatchObject({ code: 'user_not_found' })
      await expect(directory.claims.replaceForGroup(unknown, [])).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  test('suggests keys, most used first', async () => {
    const { directory } = env
    const createClaims = (...keys: string[]) => keys.map((key) => ({ key, value: 'x' }))
    for (const [username, keys] of [
      ['a', ['room', 'floor']],
      ['b', ['room', 'desk']],
    ] as const)
      await directory.create(newUser({ username }), { claims: createClaims(...keys) })
    const group = await directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
    await directory.claims.replaceForGroup(group.id, createClaims('room', 'floor', 'level'))
    expect((await directory.groups.find(group.id))?.claims).toEqual(createClaims('room', 'floor', 'level'))
    expect(await directory.claims.suggestKeys()).toEqual(['room', 'floor', 'desk', 'level'])
  })
})
