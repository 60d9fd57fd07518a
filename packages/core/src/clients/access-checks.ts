import type { Account } from '../accounts/account.ts'
import { runHostRule } from '../host-rule.ts'
import type { Client } from './client.ts'

/** The access rules of a client: who may use it and how recent the sign-in must be. */
export type ClientRules = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds' | 'requiresReauthentication'> & {
  /** Maximum minutes since the last use of a passkey; `null` for no limit. */
  readonly maxSessionAgeMinutes: number | null
}

/** A sign-in of a user at a client, or a token refresh by a client. */
export interface AccessCheckInput {
  /** A user is present at `authorization` and `device`, but not at `refresh` (RFC 6749 §6). */
  readonly occasion: 'authorization' | 'device' | 'refresh'
  readonly account: Account
  readonly client: ClientRules & { readonly id: string; readonly name: string }
  /** The requested scopes, including API scopes. */
  readonly scopes: readonly string[]
  /** The authentication context; `authTime` in seconds since the Unix epoch. */
  readonly session: { readonly acr: string; readonly amr: readonly string[]; readonly authTime: number }
  /** The requested `acr` values in order of preference (OpenID Connect Core §3.1.2.1). */
  readonly acrValues: readonly string[]
}

/**
 * The result of a check. `undefined` allows access. `refuse` denies it with a reason for developers (the client
 * receives `access_denied`). `signInAgain` requires a passkey first. `redirectTo` is the path of a page of the host with a
 * required step, such as accepting terms; the page receives `?redirect=` with the return path, and the check then runs
 * again. At a refresh no user is present: only `refuse` applies, and it revokes the tokens of the client
 * (`invalid_grant`). Any other result, such as `false`, fails with `misconfigured`.
 */
export type AccessCheckResult =
  | undefined
  | { readonly refuse: string }
  | { readonly signInAgain: true }
  | { readonly redirectTo: string }

/** Decides about an authorization or a refresh; see {@link AccessCheckResult}. */
export type AccessCheck = (input: AccessCheckInput) => AccessCheckResult | Promise<AccessCheckResult>

/**
 * Access checks of the host by name; the names appear in logs. They run in this order, after the rules of the client. A
 * check with the name of a built-in rule replaces it: `allowedGroups` (clients that are restricted to groups) or
 * `freshSignIn` (clients that require re-authentication or limit the session age).
 *
 * @example
 * ```ts
 * const checks: AccessChecks = {
 *   stepUp: ({ client, session }) =>
 *     client.name === 'Payroll' && session.acr !== 'phr' ? { signInAgain: true } : undefined,
 *   terms: async ({ account }) => ((await hasAccepted(account.id)) ? undefined : { redirectTo: '/terms' }),
 * }
 * ```
 */
export type AccessChecks = Readonly<Record<string, AccessCheck>>

/** Which built-in rules apply because no check of the host replaces them. */
export interface BuiltInRules {
  readonly allowedGroups: boolean
  readonly freshSignIn: boolean
}

export function getBuiltInRules(checks: AccessChecks): BuiltInRules {
  return { allowedGroups: !Object.hasOwn(checks, 'allowedGroups'), freshSignIn: !Object.hasOwn(checks, 'freshSignIn') }
}

export interface AccessDecision {
  readonly check: string
  readonly result: Exclude<AccessCheckResult, undefined>
}

/** Runs the checks and returns the first decision. @throws {ConfigurationError} if a check fails; the error names the check */
export type RunAccessChecks = (input: AccessCheckInput) => Promise<AccessDecision | undefined>

/** @param hookTimeout - milliseconds for each check */
export function createAccessChecks(checks: AccessChecks, hookTimeout: number): RunAccessChecks {
  return async (input) => {
    for (const [name, accessCheck] of Object.entries(checks)) {
      const result = await runHostRule({
        option: `hooks.accessChecks.${name}`,
        run: () => accessCheck(input),
        isValid: ({ refuse, signInAgain, redirectTo }) =>
          typeof refuse === 'string' || signInAgain === true || typeof redirectTo === 'string',
        hookTimeout,
      })
      if (result) return { check: name, result }
    }
    return undefined
  }
}
