import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { PocketError } from '@pocket/core/errors'
import { type Directory, ldapSource, searchLdapSample, testLdapConnection } from '../src/index.ts'
import { type DirectoryUnderTest, databases } from './open-directory.ts'

let opened: DirectoryUnderTest

beforeAll(async () => {
  const [, open] = databases[0] as (typeof databases)[number]
  opened = await open()
})
afterAll(async () => opened[Symbol.asyncDispose]())

function methodsOf(service: object, path = ''): [string, (...args: unknown[]) => unknown][] {
  return Object.entries(service).flatMap(([name, member]) => {
    if (typeof member === 'function') return [[path + name, member]]
    return methodsOf(member, `${path}${name}.`)
  })
}

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
  const unnamed: string[] = []
  for (const [name, method] of methods)
    for (const args of invalidArguments)
      try {
        await method(...args)
      } catch (error) {
        if (!(error instanceof PocketError)) unnamed.push(`${name}(${args.map(String).join(', ')}): ${error}`)
      }
  expect(unnamed).toEqual([])
})

const options = { url: 'ldap://127.0.0.1', base: 'dc=example', attributes: { userId: 'uid' } }
const signal = AbortSignal.timeout(1)
const page = { page: 1, limit: 5, sort: null, filters: {}, search: '' }
const entries = { people: [], groups: [], problems: [] }

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
  ['a search without a sort', ({ users }) => users.page({ ...page, sort: undefined as never }), 'sort', /object/],
  [
    'a filter without a list',
    ({ users }) => users.ids({ ...page, filters: { disabled: true as never } }),
    'each of filters',
    /array/,
  ],
  [
    'a right that is not a boolean',
    ({ users }) => users.update('ada', {}, { disabled: 'false' as never }),
    'disabled',
    /boolean/,
  ],
  [
    'rules without a group of administrators',
    ({ ldap }) => ldap.plan(entries, { mapped: {}, newClaims: [] } as never, signal),
    'administratorGroup',
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
