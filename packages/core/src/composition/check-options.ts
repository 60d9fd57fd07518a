import { ConfigurationError, type FieldError } from '../errors.ts'
import type { BeforeQuestions } from '../hooks.ts'
import { issuerOf, relatedOrigins } from '../issuer.ts'
import { MasterKey } from '../master-key.ts'
import { signingServiceProblems } from '../oidc/external-keys.ts'
import type { PocketOptions } from '../options.ts'
import { storeProblems } from './check-stores.ts'

/** The type of each option; `undefined` selects the default, except for required options. */
const kinds = {
  issuer: 'a text',
  masterKey: 'anything',
  stores: 'an object',
  name: 'a text',
  render: 'a function',
  claims: 'a function',
  checks: 'an object',
  before: 'an object',
  after: 'a function',
  mailer: 'an object',
  hookTimeout: 'a number',
  languages: 'a list',
  audit: 'an object',
  onError: 'a function',
  trustProxy: 'a function',
  otherMethodsUrl: 'a text or null',
  signUpUrl: 'a function',
  sessionLifetime: 'a function',
  onClientRemoved: 'a function',
  fetch: 'a function',
  refreshLeeway: 'a number',
  internalOrigin: 'a text',
  webFingerDomains: 'a function',
  registration: 'a function',
  authorizationDetailsTypes: 'an object',
  redirectUriRemedy: 'a function',
  allowInsecureRedirectUris: 'true or false',
  allowImplicit: 'true or false',
  relatedOrigins: 'a list',
  emailCodesUrl: 'a function',
  rateLimits: 'true or false',
  limiter: 'an object',
  passkeyPolicy: 'a function',
  readAuthenticatorMetadata: 'a function',
  keySchedule: 'an object',
  signingServices: 'services',
  configuration: 'a function',
  clock: 'an object',
} as const satisfies Record<keyof PocketOptions, string>

/** Milliseconds; a timer with a longer delay fires immediately. */
const maxTimerDelay = 2_147_483_647

const hookNames = {
  signIn: true,
  reauthenticate: true,
  signUp: true,
  addPasskey: true,
  renamePasskey: true,
  removePasskey: true,
  issueCode: true,
  approveDevice: true,
  allowClient: true,
  registerClient: true,
  updateClient: true,
} as const satisfies Record<keyof BeforeQuestions, true>

const required = new Set(['issuer', 'masterKey', 'stores'])

/** All invalid options, by option name. */
export function optionProblems(options: PocketOptions): readonly FieldError[] {
  if (!isA('an object', options)) return [problem('options', 'required', 'must be an object')]
  const given = new Map<string, unknown>(Object.entries(options))
  const unknown = [...given.keys()]
    .filter((name) => !Object.hasOwn(kinds, name))
    .map((name) => problem(name, 'unknown', 'there is no such option'))
  const wrong = Object.entries(kinds).flatMap(([name, kind]) => {
    const value = given.get(name)
    if (value === undefined) return required.has(name) ? [problem(name, 'required', 'is required')] : []
    return isA(kind, value) ? [] : [problem(name, 'invalid_type', `must be ${kind === 'services' ? 'a list' : kind}`)]
  })
  const sound = (name: string) => given.get(name) !== undefined && !wrong.some(({ field }) => field === name)
  const values = Object.entries(checks).flatMap(([name, check]) => (sound(name) ? check(options) : []))
  return [...unknown, ...wrong, ...values]
}

/** Checks of values beyond their type, and of combinations of options. */
const checks: Readonly<Record<string, (options: PocketOptions) => readonly FieldError[]>> = {
  issuer: ({ issuer }) => attempt('issuer', () => issuerOf(issuer)),
  masterKey: ({ masterKey }) => attempt('masterKey', () => masterKeyOf(masterKey)),
  stores: storeProblems,
  name: ({ name = '' }) => (name.trim() ? [] : [problem('name', 'out_of_range', 'must not be empty')]),
  hookTimeout: ({ hookTimeout = 1 }) =>
    hookTimeout > 0 && hookTimeout <= maxTimerDelay
      ? []
      : [problem('hookTimeout', 'out_of_range', `must be milliseconds, 1 to ${maxTimerDelay}`)],
  languages: ({ languages = [] }) => attempt('languages', () => Intl.getCanonicalLocales(languages)),
  authorizationDetailsTypes: ({ authorizationDetailsTypes: types = {} }) =>
    Object.entries(types).flatMap(([name, type]) =>
      typeof type?.validate === 'function'
        ? []
        : [problem(`authorizationDetailsTypes.${name}`, 'invalid_type', 'must have a method validate')],
    ),
  refreshLeeway: ({ refreshLeeway = 0 }) =>
    refreshLeeway >= 0 && refreshLeeway <= 10
      ? []
      : [problem('refreshLeeway', 'out_of_range', `must be 0 to 10 seconds, not ${refreshLeeway}`)],
  checks: ({ checks = {} }) =>
    Object.entries(checks).flatMap(([name, check]) =>
      typeof check === 'function' ? [] : [problem(`checks.${name}`, 'invalid_type', 'must be a function')],
    ),
  before: ({ before = {} }) =>
    Object.entries(before).flatMap(([name, hook]) => {
      if (!Object.hasOwn(hookNames, name)) return [problem(`before.${name}`, 'unknown', 'there is no such hook')]
      return hook === undefined || typeof hook === 'function'
        ? []
        : [problem(`before.${name}`, 'invalid_type', 'must be a function')]
    }),
  mailer: ({ mailer, stores }) => [
    ...(typeof mailer?.send === 'function' ? [] : [problem('mailer', 'invalid_type', 'must have a method send')]),
    ...(stores?.accounts?.findByLogin
      ? []
      : [problem('mailer', 'contradiction', 'is given, and stores.accounts has no findByLogin to say to whom')]),
  ],
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
    ...signingServiceProblems(signingServices),
    ...(keySchedule
      ? [problem('signingServices', 'contradiction', 'rotate by themselves: leave out keySchedule')]
      : []),
  ],
  keySchedule: ({ keySchedule }) => {
    if (!keySchedule) return []
    const times = ['signsFor', 'announcedFor', 'keptFor'] as const
    const wrong = times.filter((name) => !(isA('a number', keySchedule[name]) && keySchedule[name] >= 0))
    if (wrong.length > 0)
      return wrong.map((name) => problem(`keySchedule.${name}`, 'out_of_range', 'must be milliseconds'))
    return keySchedule.announcedFor > keySchedule.signsFor
      ? [problem('keySchedule', 'contradiction', 'announces a key for longer than its predecessor signs')]
      : []
  },
}

/** @throws {ConfigurationError} if it is too short */
export function masterKeyOf(masterKey: PocketOptions['masterKey']): MasterKey {
  return masterKey instanceof MasterKey ? masterKey : MasterKey.from(masterKey)
}

function isA(kind: (typeof kinds)[keyof typeof kinds], value: unknown): boolean {
  switch (kind) {
    case 'anything':
      return typeof value === 'string' || (typeof value === 'object' && value !== null)
    case 'a text':
      return typeof value === 'string'
    case 'a text or null':
      return typeof value === 'string' || value === null
    case 'a number':
      return typeof value === 'number' && !Number.isNaN(value)
    case 'a list':
      return Array.isArray(value) && value.every((each) => typeof each === 'string')
    case 'services':
      return Array.isArray(value)
    case 'a function':
      return typeof value === 'function'
    case 'true or false':
      return typeof value === 'boolean'
    case 'an object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
  }
}

function attempt(field: string, make: () => unknown): readonly FieldError[] {
  try {
    make()
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof TypeError || error instanceof RangeError)) throw error
    return [problem(field, 'invalid_format', error.message)]
  }
}

function problem(field: string, code: string, message: string): FieldError {
  return { field, code, message }
}
