import { type FieldError, Misconfigured } from '../errors.ts'
import { issuerOf, relatedOrigins } from '../issuer.ts'
import { MasterKey } from '../master-key.ts'
import { signingServiceProblems } from '../oidc/external-keys.ts'
import type { PocketOptions } from '../options.ts'
import type { PocketStores } from '../stores.ts'

const stores = {
  apis: true,
  artifacts: true,
  challenges: true,
  clients: true,
  codes: true,
  connectionLog: true,
  consents: true,
  deviceLogins: true,
  initialAccessTokens: true,
  keys: true,
  limits: true,
  logoutNotices: true,
  passkeys: true,
  reauthentications: true,
  transaction: true,
} as const satisfies Record<keyof PocketStores, true>

/** What each option has to be; `undefined` is left to the default, but for those that are required. */
const kinds = {
  issuer: 'a text',
  masterKey: 'anything',
  stores: 'an object',
  name: 'a text',
  render: 'a function',
  claims: 'a function',
  checks: 'an object',
  beforeSignIn: 'a function',
  answerWithin: 'a number',
  languages: 'a list',
  audit: 'an object',
  onError: 'a function',
  trustProxy: 'a function',
  otherWaysAt: 'a text',
  signUpAt: 'a function',
  sessionLifetime: 'a function',
  onClientRemoved: 'a function',
  fetch: 'a function',
  refreshLeeway: 'a number',
  internalOrigin: 'a text',
  webFingerDomains: 'a function',
  registration: 'a function',
  authorizationDetailsTypes: 'an object',
  remedyOf: 'a function',
  allowInsecureRedirectUris: 'true or false',
  relatedOrigins: 'a list',
  emailCodesAt: 'a function',
  rateLimits: 'true or false',
  limiter: 'an object',
  passkeyPolicy: 'a function',
  readAuthenticatorMetadata: 'a function',
  keySchedule: 'an object',
  signingServices: 'an object',
  clock: 'an object',
} as const satisfies Record<keyof PocketOptions, string>

const required = new Set(['issuer', 'masterKey', 'stores'])

/** Everything that is wrong with the options, each by the name of the option. */
export function optionProblems(options: PocketOptions): readonly FieldError[] {
  const given = new Map<string, unknown>(Object.entries(options))
  const unknown = [...given.keys()]
    .filter((name) => !Object.hasOwn(kinds, name))
    .map((name) => problem(name, 'unknown', 'there is no such option'))
  const wrong = Object.entries(kinds).flatMap(([name, kind]) => {
    const value = given.get(name)
    if (value === undefined) return required.has(name) ? [problem(name, 'required', 'is required')] : []
    return isA(kind, value) ? [] : [problem(name, 'invalid_type', `must be ${kind}`)]
  })
  const sound = (name: string) => given.get(name) !== undefined && !wrong.some(({ field }) => field === name)
  const values = Object.entries(checks).flatMap(([name, check]) => (sound(name) ? check(options) : []))
  return [...unknown, ...wrong, ...values]
}

/** What holds of a value beyond its type, and of options together. */
const checks: Readonly<Record<string, (options: PocketOptions) => readonly FieldError[]>> = {
  issuer: ({ issuer }) => attempt('issuer', () => issuerOf(issuer)),
  masterKey: ({ masterKey }) => attempt('masterKey', () => masterKeyOf(masterKey)),
  stores: storeProblems,
  answerWithin: ({ answerWithin = 1 }) =>
    answerWithin > 0 ? [] : [problem('answerWithin', 'out_of_range', 'must be milliseconds, more than none')],
  refreshLeeway: ({ refreshLeeway = 0 }) =>
    refreshLeeway >= 0 && refreshLeeway <= 10
      ? []
      : [problem('refreshLeeway', 'out_of_range', `must be 0 to 10 seconds, not ${refreshLeeway}`)],
  checks: ({ checks = {} }) =>
    Object.entries(checks).flatMap(([name, check]) =>
      typeof check === 'function' ? [] : [problem(`checks.${name}`, 'invalid_type', 'must be a function')],
    ),
  limiter: ({ limiter, rateLimits }) => [
    ...(rateLimits === false ? [problem('limiter', 'contradiction', 'is given, and rateLimits is false')] : []),
    ...(['take', 'giveBack', 'note', 'check'] as const)
      .filter((name) => typeof limiter?.[name] !== 'function')
      .map((name) => problem('limiter', 'invalid_type', `must have a method ${name}`)),
  ],
  audit: ({ audit }) =>
    typeof audit?.record === 'function' ? [] : [problem('audit', 'invalid_type', 'must have a method record')],
  clock: ({ clock }) =>
    typeof clock?.now === 'function' ? [] : [problem('clock', 'invalid_type', 'must have a method now')],
  relatedOrigins: ({ issuer, relatedOrigins: related = [] }) => [
    ...attempt('relatedOrigins', () => relatedOrigins(related)),
    ...(related.some((each) => URL.parse(each)?.origin === URL.parse(issuer)?.origin)
      ? [problem('relatedOrigins', 'contradiction', 'must not hold the origin of the issuer')]
      : []),
  ],
  internalOrigin: ({ internalOrigin = '' }) => {
    const url = URL.parse(internalOrigin)
    const fits = url?.origin === internalOrigin && /^https?:$/.test(url.protocol)
    return fits ? [] : [problem('internalOrigin', 'invalid_format', 'must be an http or https origin')]
  },
  signingServices: ({ signingServices = [], keySchedule }) => [
    ...(Array.isArray(signingServices)
      ? signingServiceProblems(signingServices)
      : [problem('signingServices', 'invalid_type', 'must be a list')]),
    ...(keySchedule
      ? [problem('signingServices', 'contradiction', 'rotate by themselves: leave out keySchedule')]
      : []),
  ],
  keySchedule: ({ keySchedule }) =>
    keySchedule && keySchedule.announcedFor > keySchedule.signsFor
      ? [problem('keySchedule', 'contradiction', 'announces a key for longer than its predecessor signs')]
      : [],
}

/** @throws {Misconfigured} where it is too short */
export function masterKeyOf(masterKey: PocketOptions['masterKey']): MasterKey {
  return masterKey instanceof MasterKey ? masterKey : MasterKey.from(masterKey)
}

function storeProblems({ stores: given }: PocketOptions): readonly FieldError[] {
  const missing = Object.keys(stores).filter((name) => {
    const store: unknown = Reflect.get(given, name)
    return name === 'transaction' ? typeof store !== 'function' : typeof store !== 'object' || store === null
  })
  const accounts = typeof given.accounts?.find === 'function'
  return [
    ...missing.map((name) => problem(`stores.${name}`, 'required', 'is missing')),
    ...(accounts ? [] : [problem('stores.accounts', 'required', 'must have a method find')]),
  ]
}

function isA(kind: (typeof kinds)[keyof typeof kinds], value: unknown): boolean {
  switch (kind) {
    case 'anything':
      return typeof value === 'string' || (typeof value === 'object' && value !== null)
    case 'a text':
      return typeof value === 'string'
    case 'a number':
      return typeof value === 'number' && !Number.isNaN(value)
    case 'a list':
      return Array.isArray(value) && value.every((each) => typeof each === 'string')
    case 'a function':
      return typeof value === 'function'
    case 'true or false':
      return typeof value === 'boolean'
    case 'an object':
      return typeof value === 'object' && value !== null
  }
}

function attempt(field: string, make: () => unknown): readonly FieldError[] {
  try {
    make()
    return []
  } catch (error) {
    if (!(error instanceof Misconfigured || error instanceof TypeError)) throw error
    return [problem(field, 'invalid_format', error.message)]
  }
}

function problem(field: string, code: string, message: string): FieldError {
  return { field, code, message }
}
