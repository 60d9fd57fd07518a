import type { FieldError } from '../errors.ts'

/** Who may send the requests that an access rule matches. */
export const ruleAudiences = ['everyone', 'users', 'service_tokens', 'users_and_service_tokens', 'nobody'] as const
/** One of {@link ruleAudiences}. */
export type RuleAudience = (typeof ruleAudiences)[number]

/** A rule of a protected site; the first rule that matches a request decides. */
export interface AccessRule {
  /** `null` for all hosts of the site. */
  readonly host: string | null
  /** An exact path, or a path that ends with `/*` and includes everything below it. */
  readonly path: string
  /** Empty for all methods; `GET` includes `HEAD`. */
  readonly methods: readonly string[]
  readonly allow: RuleAudience
  /** The names of the groups whose members are allowed; empty for all users. */
  readonly groups: readonly string[]
  /** Minutes since the last use of a passkey after which users must use one again; `null` for the session lifetime. */
  readonly maxPasskeyAgeMinutes: number | null
}

/** The response headers that identify the user to the application. */
export interface IdentityHeaders {
  readonly user: string
  readonly groups: string
  readonly email: string
  readonly name: string
}

/** The request headers that an application receives unless its site has others. */
export const defaultIdentityHeaders: IdentityHeaders = {
  user: 'Remote-User',
  groups: 'Remote-Groups',
  email: 'Remote-Email',
  name: 'Remote-Name',
}

/** The response header with the signed identity. */
export const assertionHeader = 'X-Pocket-Assertion'

/** The settings of a client that is a protected site: an application behind a proxy that asks this provider about each request. */
export interface ProtectedSite {
  /** Host names, with a port if it is not 443. Empty if the client is not a protected site. */
  readonly protectedHosts: readonly string[]
  readonly accessRules: readonly AccessRule[]
  readonly identityHeaders: IdentityHeaders
  /** Whether responses contain a signed JWT about the user. */
  readonly identityAssertion: boolean
  /** The request header that contains service tokens in addition to `Authorization`; `null` for none. */
  readonly serviceTokenHeader: string | null
}

/** The settings of a client that is not a protected site. */
export const noProtectedSite: ProtectedSite = {
  protectedHosts: [],
  accessRules: [],
  identityHeaders: defaultIdentityHeaders,
  identityAssertion: false,
  serviceTokenHeader: null,
}

/** The path of a protected site's host that this provider serves. */
export const sitePath = '/.pocket/'

export function siteRedirectUris({ protectedHosts }: Pick<ProtectedSite, 'protectedHosts'>): string[] {
  return protectedHosts.map((host) => `https://${host}${sitePath}callback`)
}

/** A host name in lower case without the default port and without a final dot; `undefined` if it is not valid. */
export function canonicalHost(host: string): string | undefined {
  const [, name, port] =
    /^((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.?(?::([1-9]\d{0,4}))?$/.exec(
      host.toLowerCase(),
    ) ?? []
  if (name === undefined || name.length > 253) return undefined
  return port === undefined || port === '443' ? name : `${name}:${port}`
}

const pathPattern = /^\/(?:[\w.~!$&'()+,=:@-]+\/)*(?:[\w.~!$&'()+,=:@-]+|\*)?$/

/** Headers that a proxy or the application interprets in another way. */
const reservedHeaders =
  /^(?:authorization|connection|content-.*|cookie|host|proxy-.*|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*|x-original-.*|x-rewrite-url|x-http-method.*|x-method-override|forwarded|set-cookie|location|www-authenticate)$/i

/** The problems of these settings, as fields below `protocol`. */
export function protectedSiteProblems(
  site: { readonly [Key in keyof ProtectedSite]?: ProtectedSite[Key] | undefined },
): FieldError[] {
  const { protectedHosts = [], accessRules = [], identityHeaders, serviceTokenHeader } = site
  const names = Object.entries(identityHeaders ?? {})
  const identityNames = new Set(
    Object.values(identityHeaders ?? defaultIdentityHeaders).map((name) => name.toLowerCase()),
  )
  return [
    ...protectedHosts.flatMap((host, index) => hostProblems(host, `protectedHosts.${index}`)),
    ...accessRules.flatMap((rule, index) => ruleProblems(rule, `accessRules.${index}`)),
    ...accessRules.flatMap(({ host }, index) =>
      host === null || protectedHosts.length === 0 || protectedHosts.includes(host)
        ? []
        : problem(`accessRules.${index}.host`, 'contradiction', 'must be one of the hosts of the site'),
    ),
    ...names.flatMap(([key, name]) => headerProblems(name, `identityHeaders.${key}`)),
    ...(names.length > identityNames.size
      ? [problem('identityHeaders', 'contradiction', 'must be different headers')]
      : []),
    ...(serviceTokenHeader ? headerProblems(serviceTokenHeader, 'serviceTokenHeader') : []),
    ...(identityNames.has(serviceTokenHeader?.toLowerCase() ?? '')
      ? [problem('serviceTokenHeader', 'contradiction', 'must not be a header that identifies the user')]
      : []),
  ]
}

function problem(field: string, code: string, message: string): FieldError {
  return { field: `protocol.${field}`, code, message }
}

function hostProblems(host: string, field: string): FieldError[] {
  if (/^http:/i.test(host))
    return [
      problem(field, 'insecure', 'must use HTTPS: a browser sends the cookie of a protected site only over HTTPS'),
    ]
  return canonicalHost(host) === host
    ? []
    : [
        problem(
          field,
          'invalid_format',
          'must be a host name in lower case, such as wiki.example.org, without https://',
        ),
      ]
}

/**
 * Cookies ignore ports: a site at the host name of the issuer would receive the session cookies of this provider, and of two sites
 * at one host name each would receive and replace the cookie of the other.
 */
export function sharedHostProblems(
  { protectedHosts = [] }: { readonly protectedHosts?: readonly string[] | undefined },
  { issuerHostname, otherHosts }: { readonly issuerHostname: string; readonly otherHosts: readonly string[] },
): FieldError[] {
  const takenNames = new Set(otherHosts.map(hostnameOf))
  return protectedHosts.flatMap((host, index) => {
    const field = `protectedHosts.${index}`
    if (hostnameOf(host) === issuerHostname)
      return problem(
        field,
        'reserved',
        'must not be the host name of this provider, whose cookies the site would receive',
      )
    return takenNames.has(hostnameOf(host))
      ? problem(
          field,
          'already_in_use',
          'must not be the host name of another site, also not with another port, because browsers send cookies to all ports; add this host to that site',
        )
      : []
  })
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '')
}

function ruleProblems({ host, path, methods, allow, groups, maxPasskeyAgeMinutes }: AccessRule, field: string) {
  const isForUsers = allow === 'users' || allow === 'users_and_service_tokens'
  return [
    ...(host === null ? [] : hostProblems(host, `${field}.host`)),
    ...(isRulePath(path)
      ? []
      : [
          problem(
            `${field}.path`,
            'invalid_format',
            'must be a path without encoded characters, such as /docs or /docs/*',
          ),
        ]),
    ...(methods.every((method) => /^[A-Z]+(?:-[A-Z]+)*$/.test(method))
      ? []
      : [problem(`${field}.methods`, 'invalid_format', 'must be HTTP methods in upper case')]),
    ...(isForUsers || (groups.length === 0 && maxPasskeyAgeMinutes === null)
      ? []
      : [problem(`${field}.allow`, 'contradiction', 'must be users if groups or a passkey age are set')]),
  ]
}

function headerProblems(name: string, field: string): FieldError[] {
  return /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name) &&
    !reservedHeaders.test(name) &&
    name.toLowerCase() !== assertionHeader.toLowerCase()
    ? []
    : [problem(field, 'invalid_format', 'must be the name of an HTTP header that has no other purpose')]
}

export function isRulePath(path: string): boolean {
  return path.length <= 1000 && pathPattern.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path)
}
