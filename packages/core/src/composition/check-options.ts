import type { HostAccounts } from '../accounts/host-accounts.ts'
import { ConfigurationError, type FieldError } from '../errors.ts'
import type { BeforeHookInputs } from '../hooks.ts'
import { issuerOf, relatedOrigins } from '../issuer.ts'
import { MasterKey } from '../master-key.ts'
import { externalKeyProblems } from '../oidc/external-keys.ts'
import type { KeySchedule } from '../oidc/keys.ts'
import type { PocketOptions } from '../options.ts'
import { storeProblems } from './check-stores.ts'

/** The type of each option and of the members of each group; `undefined` selects the default, except for required options. */
const kinds = {
  issuer: 'a text',
  name: 'a text',
  masterKey: 'anything',
  accounts: 'an object',
  stores: 'an object',
  claims: 'a function',
  sessionLifetime: 'a function',
  relatedOrigins: 'a list',
  trustProxy: 'a function',
  mailer: 'an object',
  audit: 'an object',
  onError: 'a function',
  clock: 'an object',
  pages: {
    render: 'a function',
    languages: 'a list',
    otherMethodsUrl: 'a text or null',
    signUpUrl: 'a function',
    emailCodesUrl: 'a function',
    redirectUriRemedy: 'a function',
  },
  passkeys: { policy: 'a function', readAuthenticatorMetadata: 'a function' },
  protocol: {
    clientRegistration: 'a function',
    allowInsecureRedirectUris: 'true or false',
    allowImplicit: 'true or false',
    authorizationDetailsTypes: 'an object',
    refreshTokenLeeway: 'a number',
    fetch: 'a function',
    internalOrigin: 'a text',
    webFingerDomains: 'a function',
    configuration: 'a function',
  },
  signingKeys: { schedule: 'an object', external: 'a list of objects' },
  hooks: { before: 'an object', after: 'a function', accessChecks: 'an object', onClientRemoved: 'a function' },
  limits: { rateLimiter: 'an object or false', hookTimeout: 'a number' },
} as const satisfies Readonly<Record<Exclude<keyof PocketOptions, GroupName>, Kind>> & {
  readonly [Group in GroupName]: Readonly<Record<keyof NonNullable<PocketOptions[Group]>, Kind>>
}

type GroupName = 'pages' | 'passkeys' | 'protocol' | 'signingKeys' | 'hooks' | 'limits'
type Kind =
  | 'a text'
  | 'a text or null'
  | 'anything'
  | 'an object'
  | 'an object or false'
  | 'a function'
  | 'a number'
  | 'a list'
  | 'a list of objects'
  | 'true or false'

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
} as const satisfies Record<keyof BeforeHookInputs, true>

const required = new Set(['issuer', 'masterKey', 'accounts', 'stores'])

const groups: ReadonlyMap<string, Readonly<Record<string, Kind>>> = new Map(
  Object.entries(kinds).flatMap(([name, kind]) => (typeof kind === 'string' ? [] : [[name, kind]])),
)

/** Every option; the path of a member of a group is `group.member`. */
const kindByPath: ReadonlyMap<string, Kind> = new Map(
  Object.entries(kinds).flatMap(([name, kind]): [string, Kind][] =>
    typeof kind === 'string'
      ? [[name, kind]]
      : Object.entries(kind).map(([member, memberKind]) => [`${name}.${member}`, memberKind]),
  ),
)

/** All invalid options, by path. */
export function optionProblems(options: PocketOptions): readonly FieldError[] {
  if (!isA('an object', options)) return [problem('options', 'required', 'must be an object')]
  const given = new Map(
    Object.entries(options).flatMap(([name, value]): [string, unknown][] =>
      groups.has(name) && isA('an object', value)
        ? Object.entries(value).map(([member, each]) => [`${name}.${member}`, each])
        : [[name, value]],
    ),
  )
  const unknown = [...given].flatMap(([path, value]) => {
    if (kindByPath.has(path)) return []
    if (!groups.has(path)) return [problem(path, 'unknown', `there is no such option${hint(path)}`)]
    return value === undefined ? [] : [problem(path, 'invalid_type', 'must be an object')]
  })
  const wrong = [...kindByPath].flatMap(([path, kind]) => {
    const value = given.get(path)
    if (value === undefined) return required.has(path) ? [problem(path, 'required', 'is required')] : []
    return isA(kind, value) ? [] : [problem(path, 'invalid_type', `must be ${kind}`)]
  })
  const sound = (path: string) => given.get(path) !== undefined && !wrong.some(({ field }) => field === path)
  const values = Object.entries(checks).flatMap(([path, check]) => (sound(path) ? check(options) : []))
  return [...unknown, ...wrong, ...values]
}

/** The path of an option of the same name in another place. */
function hint(path: string): string {
  const name = path.slice(path.indexOf('.') + 1)
  const meant = [...kindByPath.keys()].find((known) => known === name || known.endsWith(`.${name}`))
  return meant === undefined ? '' : `; use ${meant}`
}

/** Checks of values beyond their type, and of combinations of options. */
const checks: Readonly<Record<string, (options: PocketOptions) => readonly FieldError[]>> = {
  issuer: ({ issuer }) => attempt('issuer', () => issuerOf(issuer)),
  name: ({ name = '' }) => (name.trim() ? [] : [problem('name', 'out_of_range', 'must not be empty')]),
  masterKey: ({ masterKey }) => attempt('masterKey', () => masterKeyOf(masterKey)),
  accounts: ({ accounts }) => accountProblems(accounts),
  stores: ({ stores }) => storeProblems(stores),
  mailer: ({ mailer, accounts }) => [
    ...withMethods('mailer', mailer, ['send']),
    ...(accounts?.findByLogin
      ? []
      : [problem('mailer', 'contradiction', 'is given, and accounts has no findByLogin to say to whom')]),
  ],
  audit: ({ audit }) => withMethods('audit', audit, ['record']),
  clock: ({ clock }) => withMethods('clock', clock, ['now']),
  relatedOrigins: ({ issuer, relatedOrigins: related = [] }) => [
    ...attempt('relatedOrigins', () => relatedOrigins(related)),
    ...(related.some((each) => URL.parse(each)?.origin === URL.parse(issuer)?.origin)
      ? [problem('relatedOrigins', 'contradiction', 'must not hold the origin of the issuer')]
      : []),
  ],
  'pages.languages': ({ pages: { languages = [] } = {} }) =>
    attempt('pages.languages', () => Intl.getCanonicalLocales(languages)),
  'protocol.authorizationDetailsTypes': ({ protocol: { authorizationDetailsTypes: types = {} } = {} }) =>
    Object.entries(types).flatMap(([name, type]) =>
      withMethods(`protocol.authorizationDetailsTypes.${name}`, type, ['validate']),
    ),
  'protocol.refreshTokenLeeway': ({ protocol: { refreshTokenLeeway: leeway = 0 } = {} }) =>
    leeway >= 0 && leeway <= 10
      ? []
      : [problem('protocol.refreshTokenLeeway', 'out_of_range', `must be 0 to 10 seconds, not ${leeway}`)],
  'protocol.internalOrigin': ({ protocol: { internalOrigin = '' } = {} }) => {
    const url = URL.parse(internalOrigin)
    const fits = url?.origin === internalOrigin && /^https?:$/.test(url.protocol)
    return fits ? [] : [problem('protocol.internalOrigin', 'invalid_format', 'must be an http or https origin')]
  },
  'signingKeys.external': ({ signingKeys: { external = [], schedule } = {} }) => [
    ...externalKeyProblems(external),
    ...(schedule
      ? [problem('signingKeys.external', 'contradiction', 'rotate by themselves: leave out signingKeys.schedule')]
      : []),
  ],
  'signingKeys.schedule': ({ signingKeys: { schedule } = {} }) => (schedule ? scheduleProblems(schedule) : []),
  'hooks.before': ({ hooks: { before = {} } = {} }) =>
    Object.entries(before).flatMap(([name, hook]) => {
      const path = `hooks.before.${name}`
      if (!Object.hasOwn(hookNames, name)) return [problem(path, 'unknown', 'there is no such hook')]
      return hook === undefined || typeof hook === 'function'
        ? []
        : [problem(path, 'invalid_type', 'must be a function')]
    }),
  'hooks.accessChecks': ({ hooks: { accessChecks = {} } = {} }) =>
    Object.entries(accessChecks).flatMap(([name, check]) =>
      typeof check === 'function' ? [] : [problem(`hooks.accessChecks.${name}`, 'invalid_type', 'must be a function')],
    ),
  'limits.rateLimiter': ({ limits: { rateLimiter } = {} }) =>
    rateLimiter === false
      ? []
      : withMethods('limits.rateLimiter', rateLimiter, ['consume', 'refund', 'recordFailure', 'assertNotBlocked']),
  'limits.hookTimeout': ({ limits: { hookTimeout = 1 } = {} }) =>
    hookTimeout > 0 && hookTimeout <= maxTimerDelay
      ? []
      : [problem('limits.hookTimeout', 'out_of_range', `must be milliseconds, 1 to ${maxTimerDelay}`)],
}

function scheduleProblems(schedule: KeySchedule): readonly FieldError[] {
  const times = ['signingPeriod', 'announcementPeriod', 'verificationPeriod'] as const
  const wrong = times.filter((name) => !(isA('a number', schedule[name]) && schedule[name] >= 0))
  if (wrong.length > 0)
    return wrong.map((name) => problem(`signingKeys.schedule.${name}`, 'out_of_range', 'must be milliseconds'))
  return schedule.announcementPeriod > schedule.signingPeriod
    ? [problem('signingKeys.schedule', 'contradiction', 'announces a key for longer than its predecessor signs')]
    : []
}

function accountProblems(accounts: HostAccounts): readonly FieldError[] {
  if (typeof accounts.find !== 'function') return [problem('accounts.find', 'required', 'must be a function')]
  return (['findByLogin', 'register', 'list'] as const)
    .filter((method) => accounts[method] !== undefined && typeof accounts[method] !== 'function')
    .map((method) => problem(`accounts.${method}`, 'invalid_type', 'must be a function'))
}

function withMethods<Method extends string>(
  path: string,
  port: Readonly<Record<Method, unknown>> | undefined,
  methods: readonly Method[],
): readonly FieldError[] {
  return methods
    .filter((method) => typeof port?.[method] !== 'function')
    .map((method) => problem(path, 'invalid_type', `must have a method ${method}`))
}

/** @throws {ConfigurationError} if it is too short */
export function masterKeyOf(masterKey: PocketOptions['masterKey']): MasterKey {
  return masterKey instanceof MasterKey ? masterKey : MasterKey.from(masterKey)
}

function isA(kind: Kind, value: unknown): boolean {
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
    case 'a list of objects':
      return Array.isArray(value) && value.every((each) => isA('an object', each))
    case 'a function':
      return typeof value === 'function'
    case 'true or false':
      return typeof value === 'boolean'
    case 'an object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'an object or false':
      return value === false || isA('an object', value)
  }
}

function attempt(path: string, make: () => unknown): readonly FieldError[] {
  try {
    make()
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof TypeError || error instanceof RangeError)) throw error
    return [problem(path, 'invalid_format', error.message)]
  }
}

function problem(field: string, code: string, message: string): FieldError {
  return { field, code, message }
}
