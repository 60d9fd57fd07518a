import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findUnnamedArguments, methodsOf } from '@pocket/test-support'
import { type Directory, LdapError, ldapSource, searchLdapSample, testLdapConnection } from '../src/index.ts'
import { type DirectoryUnderTest, databases } from './open-directory.ts'

let opened: DirectoryUnderTest

beforeAll(async () => {
  const [, open] = databases[0] as (typeof databases)[number]
  opened = await open()
})
afterAll(async () => opened[Symbol.asyncDispose]())

test('names the argument that is missing or invalid, in every method', async () => {
  const invalidArguments = [
    ...[[], [null], [5], ['text'], [{}], [[]], [[null]], [() => {}]],
    ...[null, 5, 'text', {}, [5]].flatMap((value) => [
      ['text', value],
      [{}, value],
      ['text', {}, value],
      [value, value],
    ]),
  ]
  const methods = methodsOf(opened.directory)
  expect(methods.length).toBeGreaterThan(40)
  expect(await findUnnamedArguments(methods, invalidArguments)).toEqual([])
})

const options = { url: 'ldap://127.0.0.1', base: 'dc=example', attributes: { userId: 'uid' } }
const signal = AbortSignal.timeout(1)
const page = { page: 1, limit: 5, sort: null, filters: {}, search: '' }
const entries = { people: [], groups: [], problems: [] }
const rules = {
  ...{ administratorGroup: '', missing: 'disable' as const, requireEmail: false, maxRemovals: 1, newClaims: [] },
  mapped: { email: true, firstName: true, lastName: true, displayName: true, picture: true },
}

// Casts: the calls of a host without type checking.
test.each<[string, (directory: Directory) => Promise<unknown>, string, RegExp]>([
  ['an ID that is not text', ({ find }) => find(7 as never), 'id', /string/],
  ['a status that is not a boolean', ({ setDisabled }) => setDisabled('ada', 'no' as never), 'disabled', /boolean/],
  [
    'a search without filters',
    ({ users }) => users.page({ ...page, filters: undefined as never }),
    'filters',
    /object/,
  ],
  [
    'a filter without a list',
    ({ users }) => users.ids({ ...page, filters: { disabled: true as never } }),
    'each of filters',
    /array/,
  ],
  ['a page that is not an integer', ({ users }) => users.page({ ...page, page: 0.5 }), 'page', /positive integer/],
  ['an infinite number of groups', ({ groups }) => groups.first(Number.POSITIVE_INFINITY), 'limit', /positive integer/],
  [
    'a membership that ends at a fraction',
    ({ groups }) => groups.setMembershipEnd({ groupId: 'family', userId: 'ada', endsAt: 0.5 }),
    'endsAt',
    /integer of milliseconds/,
  ],
  ['a user that is incomplete', ({ users }) => users.change({ id: 'ada' } as never, {}), 'userName', /string/],
  [
    'an LDAP group without members',
    ({ ldap }) => ldap.plan({ ...entries, groups: [{ dn: 'cn=family', id: 'family' } as never] }, rules, signal),
    'memberIds',
    /array of strings/,
  ],
  [
    'a plan whose users are incomplete',
    async ({ ldap }) => {
      const plan = await ldap.plan(entries, rules, new AbortController().signal)
      return ldap.apply(
        { ...plan, removals: [{ user: { id: 'ada' } } as never] },
        { onApplied: async () => {} },
        signal,
      )
    },
    'userName',
    /string/,
  ],
  ['claims by name', ({ claims }) => claims.replaceForUser('ada', { a: 'b' } as never), 'claims', /array/],
  ['a source without options', async () => ldapSource(null as never), 'options', /object/],
  [
    'a source without an attribute',
    async () => ldapSource({ ...options, attributes: {} } as never),
    'userId',
    /string/,
  ],
  [
    'a timeout that is not a number',
    async () => ldapSource({ ...options, connectTimeout: '5s' as never }),
    'connectTimeout',
    /number/,
  ],
  ['an import without a signal', () => ldapSource(options).read(null as never), 'signal', /AbortSignal/],
  ['a test search without options', () => searchLdapSample(null as never, 5, signal), 'options', /object/],
  ['a test search without a limit', () => searchLdapSample(options, null as never, signal), 'limit', /number/],
  ['a connection test without options', () => testLdapConnection(null as never, signal), 'options', /object/],
  ['a connection test without a signal', () => testLdapConnection(options, null as never), 'signal', /AbortSignal/],
])('rejects %s with the remedy', async (_name, call, field, remedy) => {
  await expect(call(opened.directory)).rejects.toMatchObject({
    code: 'validation_failed',
    message: expect.stringMatching(remedy),
    fields: [{ field }],
  })
})

test('creates an error with `null` in place of the details', () => {
  expect(new LdapError('ldap_setting_missing', null as never).details).toEqual({})
})
