import { expect, test } from '@jest/globals'
import { createPocket, type PocketOptions } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'

const sound: PocketOptions = {
  issuer: 'http://localhost:3000',
  masterKey: 'a master key that is long enough',
  accounts: { find: async () => undefined },
  stores: memoryStores(),
}

const findNoAccount = async (): Promise<undefined> => undefined
const withLogin = { find: findNoAccount, findByLogin: findNoAccount }
const noLimits = {
  consume: async () => {},
  refund: async () => {},
  recordFailure: async () => {},
  assertNotBlocked: async () => {},
}

const readFieldErrors = async (options: object) => {
  const failed = createPocket({ ...sound, ...options } as PocketOptions)
  return failed.then(
    () => [],
    (error: { readonly fields: readonly { field: string; code: string }[] }) =>
      error.fields.map(({ field, code }) => `${field} ${code}`),
  )
}

test('requires only four options', async () => {
  await using pocket = await createPocket({ ...sound, masterKey: Buffer.from('a master key as bytes') })
  expect(pocket.issuer).toBe('http://localhost:3000')
})

test('reports all invalid options at once by name', async () => {
  const wrong = {
    issuer: 'http://id.example.com',
    masterKey: 'short',
    accounts: {},
    stores: { ...memoryStores(), passkeys: undefined },
    audit: {},
    relatedOrigins: ['https://id.example.com/path'],
    pages: { render: 'index.html' },
    passkeys: { userVerification: 'required' },
    protocol: { refreshTokenLeeway: 11 },
    hooks: 'none',
    limits: undefined,
    rateLimit: false,
  }
  expect((await readFieldErrors(wrong)).toSorted()).toEqual([
    'accounts.find required',
    'audit invalid_type',
    'hooks invalid_type',
    'issuer invalid_format',
    'masterKey invalid_format',
    'pages.render invalid_type',
    'passkeys.userVerification unknown',
    'protocol.refreshTokenLeeway out_of_range',
    'rateLimit unknown',
    'relatedOrigins invalid_format',
    'stores.passkeys required',
  ])
  const failed = createPocket({ ...sound, ...wrong } as unknown as PocketOptions)
  await expect(failed).rejects.toThrow(/audit: must have a method record/)
})

test('names the group of an option that is given outside it', async () => {
  const failed = createPocket({ ...sound, render: () => '', pages: { policy: async () => ({}) } } as PocketOptions)
  await expect(failed).rejects.toThrow(
    'render: is not a known option; use pages.render. pages.policy: is not a known option; use passkeys.policy',
  )
})

test.each([
  [{ trustproxy: ['loopback'] }, 'trustproxy: is not a known option; use trustProxy'],
  [{ pages: { languges: ['de'] } }, 'pages.languges: is not a known option; use pages.languages'],
  [{ trustProxy: ['localhost'] }, 'trustProxy: invalid IP address: localhost; for this machine, use loopback'],
  [{ issuer: 'https://com' }, 'The issuer "https://com" must have its own domain name'],
])('names the remedy for %j', async (options, message) => {
  await expect(createPocket({ ...sound, ...options } as PocketOptions)).rejects.toThrow(message)
})

test('names the option if the stores belong to another master key', async () => {
  const stores = memoryStores()
  await createPocket({ ...sound, stores })
  await expect(createPocket({ ...sound, stores, masterKey: 'another key that is long enough' })).rejects.toThrow(
    /^The encryption key does not match.*Use the masterKey with which the stores were filled\.$/,
  )
})

test('names the type of a master key', async () => {
  // Cast: the call of a host without type checking.
  await expect(createPocket({ ...sound, masterKey: 5 as never })).rejects.toThrow(
    'masterKey: must be a string or a Buffer',
  )
})

test.each([
  [
    'nothing',
    { issuer: undefined, masterKey: undefined, accounts: undefined, stores: undefined },
    ['issuer required', 'masterKey required', 'accounts required', 'stores required'],
  ],
  ['an issuer with a query', { issuer: 'https://id.example.com/?a=b' }, ['issuer invalid_format']],
  [
    'an internal origin with a path',
    { protocol: { internalOrigin: 'http://pocket:3000/a' } },
    ['protocol.internalOrigin invalid_format'],
  ],
  [
    'the issuer as a related origin',
    { issuer: 'https://id.example.com', relatedOrigins: ['https://id.example.com'] },
    ['relatedOrigins contradiction'],
  ],
  ['no name', { name: ' ' }, ['name out_of_range']],
  ['no hook timeout', { limits: { hookTimeout: 0 } }, ['limits.hookTimeout out_of_range']],
  ['an unlimited hook timeout', { limits: { hookTimeout: Infinity } }, ['limits.hookTimeout out_of_range']],
  ['a login path that the protocol uses', { pages: { loginPath: '/authorize' } }, ['pages.loginPath invalid_format']],
  ['a login URL', { pages: { loginPath: 'https://a.example/' } }, ['pages.loginPath invalid_format']],
  ['an invalid proxy address', { trustProxy: ['10.0.0.0/8', 'nginx'] }, ['trustProxy invalid_format']],
  ['a cookie prefix that browsers interpret', { cookiePrefix: '__Host-' }, ['cookiePrefix invalid_format']],
  ['an issuer at a public suffix', { issuer: 'https://github.io' }, ['issuer invalid_format']],
  ['a cookie prefix with a space', { cookiePrefix: 'my app' }, ['cookiePrefix invalid_format']],
  ['a lifetime without a length', { sessionLifetime: { idle: 0 } }, ['sessionLifetime out_of_range']],
  ['a lifetime that never ends', { sessionLifetime: { length: Infinity, idle: 0 } }, ['sessionLifetime out_of_range']],
  ['an unknown requirement', { passkeys: { policy: { synced: false } } }, ['passkeys.policy.synced unknown']],
  [
    'a requirement of another type',
    { passkeys: { policy: { allowSynced: 'no', attestation: 'always' } } },
    ['passkeys.policy.allowSynced invalid_type', 'passkeys.policy.attestation invalid_value'],
  ],
  [
    'a registration policy without its members',
    { protocol: { clientRegistration: { mode: 'anyone' } } },
    [
      'protocol.clientRegistration.mode invalid_value',
      'protocol.clientRegistration.restrictToGroups invalid_type',
      'protocol.clientRegistration.documentPatterns invalid_type',
    ],
  ],
  ['an invalid language', { pages: { languages: ['de', 'no language'] } }, ['pages.languages invalid_format']],
  ['access checks in a list', { hooks: { accessChecks: [] } }, ['hooks.accessChecks invalid_type']],
  [
    'a check that is not a function',
    { hooks: { accessChecks: { office: {} } } },
    ['hooks.accessChecks.office invalid_type'],
  ],
  [
    'authorization details without a validator',
    { protocol: { authorizationDetailsTypes: { payment: {} } } },
    ['protocol.authorizationDetailsTypes.payment invalid_type'],
  ],
  ['an unknown hook', { hooks: { before: { signOut: () => undefined } } }, ['hooks.before.signOut unknown']],
  ['a hook that is not a function', { hooks: { before: { signIn: {} } } }, ['hooks.before.signIn invalid_type']],
  ['a mailer without a method', { accounts: withLogin, mailer: {} }, ['mailer invalid_type']],
  ['a mailer without `accounts.findByLogin`', { mailer: { send: async () => {} } }, ['mailer contradiction']],
  [
    'an account store with an invalid method',
    { accounts: { find: findNoAccount, register: true } },
    ['accounts.register invalid_type'],
  ],
  ['a rate limiter that is true', { limits: { rateLimiter: true } }, ['limits.rateLimiter invalid_type']],
  [
    'a rate limiter without a method',
    { limits: { rateLimiter: { ...noLimits, refund: undefined } } },
    ['limits.rateLimiter invalid_type'],
  ],
  [
    'a store of an older version',
    { stores: { ...sound.stores, keys: { list: async () => [], insert: async () => true, remove: async () => {} } } },
    ['stores.keys.listCached required', 'stores.keys.move required', 'stores.keys.requestReplacement required'],
  ],
  ['no transaction', { stores: { ...sound.stores, transaction: undefined } }, ['stores.transaction required']],
  [
    'a schedule with invalid times',
    { signingKeys: { schedule: { signingPeriod: 1, announcementPeriod: '1' } } },
    ['signingKeys.schedule.announcementPeriod out_of_range', 'signingKeys.schedule.verificationPeriod out_of_range'],
  ],
  [
    'a signing period shorter than the announcement',
    { signingKeys: { schedule: { signingPeriod: 1, announcementPeriod: 2, verificationPeriod: 3 } } },
    ['signingKeys.schedule contradiction'],
  ],
])('rejects options with %s', async (_name, options, fields) => {
  expect(await readFieldErrors(options)).toEqual(fields)
})

test.each([undefined, null, 'https://id.example.com', []])('rejects %p as options', async (input) => {
  const failed = createPocket(input as unknown as PocketOptions)
  await expect(failed).rejects.toMatchObject({
    code: 'misconfigured',
    fields: [{ field: 'options', code: 'required' }],
  })
})

test('says that the result of a function is required', async () => {
  const failed = createPocket({ ...sound, stores: memoryStores as unknown as PocketOptions['stores'] })
  await expect(failed).rejects.toThrow('stores: must be an object, not a function; pass what it returns')
})

test('accepts values in place of functions', async () => {
  await using pocket = await createPocket({
    ...sound,
    stores: memoryStores(),
    trustProxy: ['loopback', '10.0.0.0/8'],
    cookiePrefix: 'acme-',
    sessionLifetime: { length: 8 * 3600, idle: 1800 },
    pages: { signUpUrl: '/join', emailCodesUrl: null },
    passkeys: { policy: { allowSynced: false } },
    protocol: {
      clientRegistration: { mode: 'off', restrictToGroups: false, documentPatterns: [] },
      webFingerDomains: ['example.com'],
    },
  })
  expect(pocket.issuer).toBe('http://localhost:3000')
})

test.each(['http://127.0.0.1:3000', 'https://192.0.2.7', 'https://[::1]'])(
  'rejects the IP address of %s as an issuer, with the reason',
  async (issuer) => {
    await expect(createPocket({ ...sound, issuer })).rejects.toThrow('browsers support no passkeys at an IP address')
  },
)
