import type { HostAccounts } from '../accounts/host-accounts.ts'
import type { ClientRegistrationPolicy } from '../clients/registration-policy.ts'
import { ConfigurationError, type FieldError } from '../errors.ts'
import type { BeforeHookInputs } from '../hooks.ts'
import { toTrustProxy } from '../http/trust-proxy.ts'
import { isOneCharacterApart } from '../input-shape.ts'
import { parseIssuer, relatedOrigins } from '../issuer.ts'
import { MasterKey } from '../master-key.ts'
import { externalKeyProblems } from '../oidc/external-keys.ts'
import type { KeySchedule } from '../oidc/keys.ts'
import { isBrowserPath, isProtocolPath } from '../oidc/paths.ts'
import type { PocketOptions } from '../options.ts'
import type { PasskeyPolicy } from '../passkeys/policy.ts'
import { storeProblems } from './check-stores.ts'
import {
  isOfKind,
  type OptionKind,
  optionError,
  policyValues,
  registrationValues,
  valueProblems,
} from './option-values.ts'

/** The type of each option and of the members of each group; `undefined` selects the default, except for required options. */
const optionKinds = {
  issuer: 'a string',
  name: 'a string',
  masterKey: 'a string or a Buffer',
  accounts: 'an object',
  stores: 'an object',
  claims: 'a function',
  sessionLifetime: 'an object or a function',
  relatedOrigins: 'an array of strings',
  trustProxy: 'an array of strings or a function',
  cookiePrefix: 'a string',
  mailer: 'an object',
  audit: 'an object',
  onError: 'a function',
  clock: 'an object',
  pages: {
    render: 'a function',
    siteTexts: 'a function',
    languages: 'an array of strings',
    loginPath: 'a string or null',
    otherMethodsUrl: 'a string or null',
    signOutUrl: 'a string',
    signUpUrl: 'a string, null or a function',
    emailCodesUrl: 'a string, null or a function',
    afterSignInUrl: 'a function',
    redirectUriRemedy: 'a function',
  },
  passkeys: { policy: 'an object or a function', readAuthenticatorMetadata: 'a function' },
  protocol: {
    clientRegistration: 'an object or a function',
    signingAlgorithm: 'a function',
    allowInsecureRedirectUris: 'a boolean',
    allowImplicit: 'a boolean',
    authorizationDetailsTypes: 'an object',
    refreshTokenLeeway: 'a number',
    fetch: 'a function',
    internalOrigin: 'a string',
    webFingerDomains: 'an array of strings or a function',
    configuration: 'a function',
  },
  signingKeys: { schedule: 'an object', external: 'an array of objects' },
  hooks: {
    before: 'an object',
    after: 'a function',
    accessChecks: 'an object',
    onClientRemoved: 'a function',
    onClientRenamed: 'a function',
  },
  limits: { rateLimiter: 'an object or false', hookTimeout: 'a number' },
} as const satisfies Readonly<Record<Exclude<keyof PocketOptions, GroupName>, OptionKind>> & {
  readonly [Group in GroupName]: Readonly<Record<keyof NonNullable<PocketOptions[Group]>, OptionKind>>
}

type GroupName = 'pages' | 'passkeys' | 'protocol' | 'signingKeys' | 'hooks' | 'limits'
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

const groups: ReadonlyMap<string, Readonly<Record<string, OptionKind>>> = new Map(
  Object.entries(optionKinds).flatMap(([name, kind]) => (typeof kind === 'string' ? [] : [[name, kind]])),
)

/** Every option; the path of a member of a group is `group.member`. */
const kindByPath: ReadonlyMap<string, OptionKind> = new Map(
  Object.entries(optionKinds).flatMap(([name, kind]): [string, OptionKind][] =>
    typeof kind === 'string'
      ? [[name, kind]]
      : Object.entries(kind).map(([member, memberKind]) => [`${name}.${member}`, memberKind]),
  ),
)

export function optionProblems(options: PocketOptions): readonly FieldError[] {
  if (!isOfKind('an object', options)) return [optionError('options', 'required', 'must be an object')]
  const optionValues = new Map(
    Object.entries(options).flatMap(([name, value]): [string, unknown][] =>
      groups.has(name) && isOfKind('an object', value)
        ? Object.entries(value).map(([member, item]) => [`${name}.${member}`, item])
        : [[name, value]],
    ),
  )
  const unknownOptions = [...optionValues].flatMap(([path, value]) => {
    if (kindByPath.has(path)) return []
    if (!groups.has(path)) return [optionError(path, 'unknown', `is not a known option${suggestOption(path)}`)]
    return value === undefined ? [] : [optionError(path, 'invalid_type', 'must be an object')]
  })
  const invalidValues = [...kindByPath].flatMap(([path, kind]) => {
    const value = optionValues.get(path)
    if (value === undefined) return required.has(path) ? [optionError(path, 'required', 'is required')] : []
    if (isOfKind(kind, value)) return []
    const remedy = typeof value === 'function' ? ', not a function; pass what it returns' : ''
    return [optionError(path, 'invalid_type', `must be ${kind}${remedy}`)]
  })
  const isValid = (path: string) =>
    optionValues.get(path) !== undefined && !invalidValues.some(({ field }) => field === path)
  const valueErrors = Object.entries(checks).flatMap(([path, check]) => (isValid(path) ? check(options) : []))
  return [...unknownOptions, ...invalidValues, ...valueErrors]
}

const resultKinds: { readonly [Kind in OptionKind]?: OptionKind } = {
  'an object or a function': 'an object',
  'an array of strings or a function': 'an array of strings',
  'a string, null or a function': 'a string or null',
}

/** The problem with the result of an option that is a function; `undefined` if it is valid. */
export function resultProblem(path: string, result: unknown): string | undefined {
  const kind = resultKinds[kindByPath.get(path) ?? 'a function']
  if (kind && !isOfKind(kind, result)) return `it must be ${kind}`
  const [group = '', member] = path.split('.')
  // The cast is safe: a check reads only its own option.
  const options = { [group]: member === undefined ? result : { [member]: result } } as unknown as PocketOptions
  const missing =
    path === 'passkeys.policy' && Object.keys(policyValues).find((name) => !Object.hasOwn(Object(result), name))
  if (missing) return `${missing} is missing`
  const [problem] = checks[path]?.(options) ?? []
  return problem && `${problem.field} ${problem.message}`
}

/** The path of an option with the same name elsewhere, or with a name that differs by one character. */
function suggestOption(path: string): string {
  const name = path.slice(path.indexOf('.') + 1)
  const paths = [...kindByPath.keys()]
  const suggestion =
    paths.find((candidate) => candidate === name || candidate.endsWith(`.${name}`)) ??
    paths.find((candidate) => isOneCharacterApart(candidate.toLowerCase(), path.toLowerCase()))
  return suggestion === undefined ? '' : `; use ${suggestion}`
}

/** Checks of values beyond their type, and of combinations of options. */
const checks: Readonly<Record<string, (options: PocketOptions) => readonly FieldError[]>> = {
  issuer: ({ issuer }) => errorsOf('issuer', () => parseIssuer(issuer)),
  name: ({ name = '' }) => (name.trim() ? [] : [optionError('name', 'out_of_range', 'must not be empty')]),
  masterKey: ({ masterKey }) => errorsOf('masterKey', () => toMasterKey(masterKey)),
  accounts: ({ accounts }) => accountProblems(accounts),
  stores: ({ stores }) => storeProblems(stores),
  mailer: ({ mailer, accounts }) => [
    ...missingMethods('mailer', mailer, ['send']),
    ...(accounts?.findByLogin ? [] : [optionError('mailer', 'contradiction', 'requires accounts.findByLogin')]),
  ],
  audit: ({ audit }) => missingMethods('audit', audit, ['record']),
  clock: ({ clock }) => missingMethods('clock', clock, ['now']),
  relatedOrigins: ({ issuer, relatedOrigins: related = [] }) => [
    ...errorsOf('relatedOrigins', () => relatedOrigins(related)),
    ...(related.some((item) => URL.parse(item)?.origin === URL.parse(issuer)?.origin)
      ? [optionError('relatedOrigins', 'contradiction', 'must not contain the origin of the issuer')]
      : []),
  ],
  'pages.languages': ({ pages: { languages = [] } = {} }) =>
    errorsOf('pages.languages', () => Intl.getCanonicalLocales(languages)),
  trustProxy: ({ trustProxy }) => errorsOf('trustProxy', () => toTrustProxy(trustProxy)),
  cookiePrefix: ({ cookiePrefix = '' }) =>
    /^(?!__(host|secure)-)[\w-]{0,32}$/i.test(cookiePrefix)
      ? []
      : [
          optionError(
            'cookiePrefix',
            'invalid_format',
            'may hold letters, digits, - and _, 32 at most; core adds __Host- and __Secure- itself',
          ),
        ],
  sessionLifetime: ({ sessionLifetime: lifetime }) =>
    typeof lifetime === 'function' || (isDuration(lifetime?.length, 1) && isDuration(lifetime?.idle, 0))
      ? []
      : [optionError('sessionLifetime', 'out_of_range', 'must have the seconds length, from 1, and idle, from 0')],
  'passkeys.policy': ({ passkeys: { policy = {} } = {} }) =>
    Object.entries(policy).flatMap(([name, value]) => {
      const path = `passkeys.policy.${name}`
      if (!Object.hasOwn(policyValues, name)) return [optionError(path, 'unknown', 'is not a known requirement')]
      return valueProblems(path, policyValues[name as keyof PasskeyPolicy], value)
    }),
  'protocol.clientRegistration': ({ protocol: { clientRegistration: policy } = {} }) =>
    typeof policy === 'function'
      ? []
      : Object.entries(registrationValues).flatMap(([name, expected]) =>
          valueProblems(
            `protocol.clientRegistration.${name}`,
            expected,
            policy?.[name as keyof ClientRegistrationPolicy],
          ),
        ),
  'pages.loginPath': ({ pages: { loginPath = null } = {} }) =>
    loginPath === null || (/^(\/[\w-]+)+$/.test(loginPath) && !isReservedPath(loginPath))
      ? []
      : [
          optionError(
            'pages.loginPath',
            'invalid_format',
            'must be a path such as /login that core does not use otherwise',
          ),
        ],
  'protocol.authorizationDetailsTypes': ({ protocol: { authorizationDetailsTypes: types = {} } = {} }) =>
    Object.entries(types).flatMap(([name, type]) =>
      missingMethods(`protocol.authorizationDetailsTypes.${name}`, type, ['validate']),
    ),
  'protocol.refreshTokenLeeway': ({ protocol: { refreshTokenLeeway: leeway = 0 } = {} }) =>
    leeway >= 0 && leeway <= 10
      ? []
      : [optionError('protocol.refreshTokenLeeway', 'out_of_range', `must be 0 to 10 seconds, not ${leeway}`)],
  'protocol.internalOrigin': ({ protocol: { internalOrigin = '' } = {} }) => {
    const url = URL.parse(internalOrigin)
    const isOrigin = url?.origin === internalOrigin && /^https?:$/.test(url.protocol)
    return isOrigin ? [] : [optionError('protocol.internalOrigin', 'invalid_format', 'must be an http or https origin')]
  },
  'signingKeys.external': ({ signingKeys: { external = [], schedule } = {} }) => [
    ...externalKeyProblems(external),
    ...(schedule
      ? [optionError('signingKeys.external', 'contradiction', 'cannot be combined with signingKeys.schedule')]
      : []),
  ],
  'signingKeys.schedule': ({ signingKeys: { schedule } = {} }) => (schedule ? scheduleProblems(schedule) : []),
  'hooks.before': ({ hooks: { before = {} } = {} }) =>
    Object.entries(before).flatMap(([name, hook]) => {
      const path = `hooks.before.${name}`
      if (!Object.hasOwn(hookNames, name)) return [optionError(path, 'unknown', 'is not a known hook')]
      return hook === undefined || typeof hook === 'function'
        ? []
        : [optionError(path, 'invalid_type', 'must be a function')]
    }),
  'hooks.accessChecks': ({ hooks: { accessChecks = {} } = {} }) =>
    Object.entries(accessChecks).flatMap(([name, check]) =>
      typeof check === 'function'
        ? []
        : [optionError(`hooks.accessChecks.${name}`, 'invalid_type', 'must be a function')],
    ),
  'limits.rateLimiter': ({ limits: { rateLimiter } = {} }) =>
    rateLimiter === false
      ? []
      : missingMethods('limits.rateLimiter', rateLimiter, ['consume', 'refund', 'recordFailure', 'assertNotBlocked']),
  'limits.hookTimeout': ({ limits: { hookTimeout = 1 } = {} }) =>
    hookTimeout > 0 && hookTimeout <= maxTimerDelay
      ? []
      : [optionError('limits.hookTimeout', 'out_of_range', `must be milliseconds, 1 to ${maxTimerDelay}`)],
}

function isDuration(value: unknown, min: number): boolean {
  return Number.isFinite(value) && Number(value) >= min
}

function isReservedPath(path: string): boolean {
  return isBrowserPath(path) || isProtocolPath(path)
}

function scheduleProblems(schedule: KeySchedule): readonly FieldError[] {
  const periods = ['signingPeriod', 'announcementPeriod', 'verificationPeriod'] as const
  const invalidValues = periods.filter((name) => !(isOfKind('a number', schedule[name]) && schedule[name] >= 0))
  if (invalidValues.length > 0)
    return invalidValues.map((name) =>
      optionError(`signingKeys.schedule.${name}`, 'out_of_range', 'must be milliseconds'),
    )
  return schedule.announcementPeriod > schedule.signingPeriod
    ? [optionError('signingKeys.schedule', 'contradiction', 'has an announcementPeriod longer than the signingPeriod')]
    : []
}

function accountProblems(accounts: HostAccounts): readonly FieldError[] {
  if (typeof accounts.find !== 'function') return [optionError('accounts.find', 'required', 'must be a function')]
  return (['findByLogin', 'register', 'list'] as const)
    .filter((method) => accounts[method] !== undefined && typeof accounts[method] !== 'function')
    .map((method) => optionError(`accounts.${method}`, 'invalid_type', 'must be a function'))
}

function missingMethods<Method extends string>(
  path: string,
  port: Readonly<Record<Method, unknown>> | undefined,
  methods: readonly Method[],
): readonly FieldError[] {
  return methods
    .filter((method) => typeof port?.[method] !== 'function')
    .map((method) => optionError(path, 'invalid_type', `must have a method ${method}`))
}

/** @throws {ConfigurationError} if it is too short */
export function toMasterKey(masterKey: PocketOptions['masterKey']): MasterKey {
  return masterKey instanceof MasterKey ? masterKey : MasterKey.from(masterKey)
}

function errorsOf(path: string, create: () => unknown): readonly FieldError[] {
  try {
    create()
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof TypeError || error instanceof RangeError)) throw error
    return [optionError(path, 'invalid_format', error.message)]
  }
}
