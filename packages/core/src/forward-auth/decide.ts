import type { Account } from '../accounts/account.ts'
import type { Client, ClientSecret } from '../clients/client.ts'
import { type AccessProblem, accessProblem, type CountPasskeys, groupProblem } from '../clients/group-restriction.ts'
import type { AccessRule } from '../clients/protected-site.ts'
import { isRecent } from '../sessions/freshness.ts'
import { readPath } from './path-readings.ts'

/** A request to a protected site, as its proxy describes it. */
export interface SiteRequest {
  /** As `canonicalHost` returns it. */
  readonly host: string
  readonly method: string
  /** The path as received, without the query. */
  readonly path: string
  /** Methods that the application may use instead, from headers such as `X-HTTP-Method-Override`. */
  readonly overridingMethods: readonly string[]
}

export interface SiteVisitor {
  readonly account: Pick<Account, 'id' | 'groups'>
  readonly acr: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/** The credentials of a request; each is read only if a rule needs it. */
export interface SiteCredentials {
  /** The service token that was presented; `null` if it is not valid, `undefined` if there is none. */
  readonly token: ServiceToken | null | undefined
  readonly visitor: () => Promise<SiteVisitor | undefined>
  readonly countPasskeys: CountPasskeys
}

export type ServiceToken = Pick<ClientSecret, 'id'> & NonNullable<ClientSecret['serviceToken']>

/** `sign_in` and `use_passkey`: allowed after the user has signed in, or has used a passkey again. */
export type Verdict = 'allow' | 'sign_in' | 'use_passkey' | 'deny'

const decisionReasons = [
  'allowed',
  'no_rule',
  'ambiguous_path',
  'ambiguous_method',
  'nobody',
  'no_session',
  'not_allowed',
  'not_in_groups',
  'second_passkey',
  'passkey_too_old',
  'no_service_token',
  'invalid_service_token',
  'service_token_limits',
] as const
export type DecisionReason = (typeof decisionReasons)[number]

export interface Decision {
  readonly verdict: Verdict
  /** The index of the matching rule; `null` if none decided. */
  readonly rule: number | null
  readonly reason: DecisionReason
  /** Who is allowed. */
  readonly as: 'anyone' | 'user' | 'service_token' | null
}

type Site = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds' | 'protocol'>

/**
 * Decides about a request to a protected site. The first matching rule decides; without one the request is denied.
 *
 * @param now - milliseconds since the Unix epoch
 */
export async function decide(
  site: Site,
  request: SiteRequest,
  { token, visitor, countPasskeys }: SiteCredentials,
  now: number,
): Promise<Decision> {
  const { accessRules } = site.protocol
  const readings = readPath(request.path)
  if (!readings) return deny('ambiguous_path')
  const found = findRule(accessRules, request, readings)
  if (typeof found === 'string') return deny(found)
  const rule = accessRules[found]
  if (!rule) return deny('no_rule')
  const result = (verdict: Verdict, reason: DecisionReason, as: Decision['as'] = null): Decision => ({
    ...{ verdict, rule: found, reason, as },
  })
  if (rule.allow === 'everyone') return result('allow', 'allowed', 'anyone')
  if (rule.allow === 'nobody') return result('deny', 'nobody')
  if (rule.allow !== 'users' && token !== undefined) {
    if (token === null) return result('deny', 'invalid_service_token')
    return isWithinLimits(token, request, readings)
      ? result('allow', 'allowed', 'service_token')
      : result('deny', 'service_token_limits')
  }
  if (rule.allow === 'service_tokens') return result('deny', 'no_service_token')
  const user = await visitor()
  if (!user) return result('sign_in', 'no_session')
  const { groups } = rule
  const denial = (problem: AccessProblem, reason: DecisionReason) =>
    result('deny', problem === 'second_passkey' ? problem : reason)
  const problem = await accessProblem(site, user.account, countPasskeys)
  if (problem) return denial(problem, 'not_allowed')
  const isOfRule = ({ name }: { readonly name: string }) => groups.includes(name)
  const ruleProblem = groups.length > 0 && (await groupProblem(user.account, isOfRule, countPasskeys))
  if (ruleProblem) return denial(ruleProblem, 'not_in_groups')
  if (!hasRecentPasskey(rule, user, now)) return result('use_passkey', 'passkey_too_old')
  return result('allow', 'allowed', 'user')
}

function deny(reason: DecisionReason): Decision {
  return { verdict: 'deny', rule: null, reason, as: null }
}

function hasRecentPasskey({ maxPasskeyAgeMinutes }: AccessRule, { acr, authTime }: SiteVisitor, now: number): boolean {
  if (maxPasskeyAgeMinutes === null) return true
  return acr === 'phr' && isRecent(authTime * 1000, now, maxPasskeyAgeMinutes * 60_000)
}

/** The index of the rule that matches every interpretation of the request, -1 for none, or why several rules could match. */
function findRule(rules: readonly AccessRule[], request: SiteRequest, readings: readonly string[]) {
  const matches = (method: string, path: string, isExact: boolean) =>
    rules.findIndex(
      (rule) =>
        (rule.host === null || rule.host === request.host) &&
        matchesMethod(rule.methods, method) &&
        matchesPath(rule.path, path, isExact),
    )
  const found = matches(request.method, request.path, true)
  const methods = [request.method, ...request.overridingMethods]
  if (methods.some((method) => matches(method, request.path, true) !== found)) return 'ambiguous_method'
  const isAmbiguous = methods.some((method) =>
    readings.some((path) => matches(method, path, true) !== found || matches(method, path, false) !== found),
  )
  return isAmbiguous ? 'ambiguous_path' : found
}

function matchesMethod(methods: readonly string[], method: string): boolean {
  return methods.length === 0 || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

/** @param isExact - whether upper and lower case differ */
function matchesPath(pattern: string, path: string, isExact: boolean): boolean {
  const [expected, actual] = isExact ? [pattern, path] : [pattern.toLowerCase(), path.toLowerCase()]
  const isPrefix = expected.endsWith('/*')
  const base = (isPrefix ? expected.slice(0, -2) : expected).replace(/\/$/, '')
  return actual === base || actual === `${base}/` || (isPrefix && actual.startsWith(`${base}/`))
}

/** A request that could be outside the limits in one of its interpretations is outside. */
function isWithinLimits({ paths, methods }: ServiceToken, request: SiteRequest, readings: readonly string[]): boolean {
  const isAllowedPath = (path: string, isExact: boolean) =>
    paths.length === 0 || paths.some((pattern) => matchesPath(pattern, path, isExact))
  return (
    [request.method, ...request.overridingMethods].every((method) => matchesMethod(methods, method)) &&
    readings.every((path) => isAllowedPath(path, true) && isAllowedPath(path, false))
  )
}
