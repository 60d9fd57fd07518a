import { expect, test } from '@jest/globals'
import { createPocket, type PocketOptions } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'

const sound: PocketOptions = {
  issuer: 'http://localhost:3000',
  masterKey: 'a master key that is long enough',
  stores: { ...memoryStores(), accounts: { find: async () => undefined } },
}

const nobody = async () => undefined
const withLogin = { ...sound.stores, accounts: { find: nobody, findByLogin: nobody } }
const noLimits = { take: async () => {}, giveBack: async () => {}, note: async () => {}, check: async () => {} }

const fieldsOf = async (options: object) => {
  // Cast: the value of a host without type checking.
  const failed = createPocket({ ...sound, ...options } as PocketOptions)
  return failed.then(
    () => [],
    (error: { readonly fields: readonly { field: string; code: string }[] }) =>
      error.fields.map(({ field, code }) => `${field} ${code}`),
  )
}

test('requires only three options', async () => {
  await using pocket = await createPocket({ ...sound, masterKey: Buffer.from('a master key as bytes') })
  expect(pocket.issuer).toBe('http://localhost:3000')
})

test('reports all invalid options at once by name', async () => {
  const wrong = {
    issuer: 'http://id.example.com',
    masterKey: 'short',
    stores: { ...memoryStores(), passkeys: undefined, accounts: {} },
    render: 'index.html',
    refreshLeeway: 11,
    audit: {},
    relatedOrigins: ['https://id.example.com/path'],
    rateLimit: false,
  }
  expect((await fieldsOf(wrong)).toSorted()).toEqual([
    'audit invalid_type',
    'issuer invalid_format',
    'masterKey invalid_format',
    'rateLimit unknown',
    'refreshLeeway out_of_range',
    'relatedOrigins invalid_format',
    'render invalid_type',
    'stores.accounts required',
    'stores.passkeys required',
  ])
  const failed = createPocket({ ...sound, ...wrong } as unknown as PocketOptions)
  await expect(failed).rejects.toThrow(/audit: must have a method record/)
})

test.each([
  [
    'nothing',
    { issuer: undefined, masterKey: undefined, stores: undefined },
    ['issuer required', 'masterKey required', 'stores required'],
  ],
  ['an issuer with a query', { issuer: 'https://id.example.com/?a=b' }, ['issuer invalid_format']],
  ['an internal origin with a path', { internalOrigin: 'http://pocket:3000/a' }, ['internalOrigin invalid_format']],
  [
    'an issuer that is related to itself',
    { issuer: 'https://id.example.com', relatedOrigins: ['https://id.example.com'] },
    ['relatedOrigins contradiction'],
  ],
  ['no name', { name: ' ' }, ['name out_of_range']],
  ['no time to answer', { hookTimeout: 0 }, ['hookTimeout out_of_range']],
  ['all the time of the world to answer', { hookTimeout: Infinity }, ['hookTimeout out_of_range']],
  ['a language that is none', { languages: ['de', 'no language'] }, ['languages invalid_format']],
  ['checks in a list', { checks: [] }, ['checks invalid_type']],
  ['a check that is no function', { checks: { office: {} } }, ['checks.office invalid_type']],
  [
    'details that nothing validates',
    { authorizationDetailsTypes: { payment: {} } },
    ['authorizationDetailsTypes.payment invalid_type'],
  ],
  ['a hook that there is not', { before: { signOut: () => undefined } }, ['before.signOut unknown']],
  ['a hook that is no function', { before: { signIn: {} } }, ['before.signIn invalid_type']],
  ['a mailer that sends nothing', { stores: withLogin, mailer: {} }, ['mailer invalid_type']],
  ['a mailer that knows nobody', { mailer: { send: async () => {} } }, ['mailer contradiction']],
  [
    'an account store with a half method',
    { stores: { ...sound.stores, accounts: { find: async () => undefined, register: true } } },
    ['stores.accounts.register invalid_type'],
  ],
  ['a limiter where nothing is limited', { limiter: noLimits, rateLimits: false }, ['limiter contradiction']],
  [
    'a store of an older version',
    { stores: { ...sound.stores, keys: { list: async () => [], insert: async () => true, remove: async () => {} } } },
    ['stores.keys.move required', 'stores.keys.requestReplacement required'],
  ],
  ['no transaction', { stores: { ...sound.stores, transaction: undefined } }, ['stores.transaction required']],
  [
    'a schedule without times',
    { keySchedule: { signsFor: 1, announcedFor: '1' } },
    ['keySchedule.announcedFor out_of_range', 'keySchedule.keptFor out_of_range'],
  ],
  [
    'keys that sign for less than they are announced',
    { keySchedule: { signsFor: 1, announcedFor: 2, keptFor: 3 } },
    ['keySchedule contradiction'],
  ],
])('rejects options with %s', async (_name, options, fields) => {
  expect(await fieldsOf(options)).toEqual(fields)
})

test.each([undefined, null, 'https://id.example.com', []])('rejects %p as options', async (given) => {
  // Cast: the value of a host without type checking.
  const failed = createPocket(given as unknown as PocketOptions)
  await expect(failed).rejects.toMatchObject({
    code: 'misconfigured',
    fields: [{ field: 'options', code: 'required' }],
  })
})
