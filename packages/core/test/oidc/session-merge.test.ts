import { describe, expect, test } from '@jest/globals'
import { mergeSessions, type SessionContent } from '../../src/oidc/session-merge.ts'

const names = ['accountId', 'acr', 'amr', 'loginTs', 'transient', 'state', 'authorizations', 'revision']
const merge = (base: object, mine: object, stored: object) => mergeSessions(base, mine, stored, names)
const login = { accountId: 'ada', acr: '0', amr: ['otp'], loginTs: 100 }
const stronger = { ...login, acr: 'phr', amr: ['phr'] }
const [a, b, c] = ['a', 'b', 'c'].map((grantId) => ({ sid: `of ${grantId}`, grantId }))

describe('two concurrent changes of a session', () => {
  test('keep the authorizations that either added, and drop those that either removed', () => {
    const base = { ...login, authorizations: { one: a, two: b } }
    const mine = { ...login, authorizations: { one: a, two: b, three: c } }
    const stored = { ...login, authorizations: { two: b, four: a } }
    expect(merge(base, mine, stored)?.authorizations).toEqual({ two: b, three: c, four: a })
    expect(merge(base, { ...login, authorizations: { one: a } }, base)?.authorizations).toEqual({ one: a })
    expect(merge({ authorizations: { one: a } }, {}, { authorizations: { one: a } })?.authorizations).toBeUndefined()
  })

  test('keep a value that only one of them changed', () => {
    const [mine, stored] = [
      { ...login, state: { secret: 'mine' } },
      { ...stronger, revision: 'r' },
    ]
    expect(merge(login, mine, stored)).toMatchObject({ ...stronger, state: { secret: 'mine' }, revision: 'r' })
  })

  test.each<[string, SessionContent, SessionContent, SessionContent]>([
    ['the later sign-in', { ...login, loginTs: 102 }, { ...stronger, loginTs: 101 }, { ...login, loginTs: 102 }],
    [
      'the later sign-in of the other',
      { ...stronger, loginTs: 101 },
      { ...login, loginTs: 102 },
      { ...login, loginTs: 102 },
    ],
    [
      'the stronger one of the same second',
      { ...login, loginTs: 101 },
      { ...stronger, loginTs: 101 },
      { ...stronger, loginTs: 101 },
    ],
  ])('keep %s', (_what, mine, stored, expected) => {
    expect(merge(login, mine, stored)).toMatchObject(expected)
  })

  test('cannot be merged if they sign in different accounts', () => {
    expect(merge({}, login, { ...login, accountId: 'bob' })).toBeUndefined()
  })
})
