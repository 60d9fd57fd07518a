import type { Account } from '../accounts/account.ts'
import { runHostRule } from '../host-rule.ts'
import type { Client } from './client.ts'

/** What a client says about who may use it, and how fresh their sign-in has to be. */
export type ClientRules = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds' | 'requiresReauthentication'> & {
  /** Minutes since the last use of a passkey; `null` where any age will do. */
  readonly maxSessionAgeMinutes: number | null
}

/** Somebody is signed in and on the way to a client, or a client that they let in comes back. */
export interface AccessQuestion {
  /** `authorization` and `device` have somebody in front of them, `refresh` (RFC 6749 §6) nobody. */
  readonly occasion: 'authorization' | 'device' | 'refresh'
  readonly account: Account
  readonly client: ClientRules & { readonly id: string; readonly name: string }
  /** What was asked for, those of APIs included. */
  readonly scopes: readonly string[]
  /** What the sign-in is worth; `authTime` in seconds since the Unix epoch. */
  readonly session: { readonly acr: string; readonly amr: readonly string[]; readonly authTime: number }
  /** The `acr` values that the client asks for, the best first (OpenID Connect Core §3.1.2.1). */
  readonly acrValues: readonly string[]
}

/**
 * What a check says: nothing where the person may go on; `refuse`, with a reason for developers, where they may not (the client
 * learns `access_denied`); `signInAgain` where a passkey has to be used first; `goTo`, the path of a page of the host's, where
 * something has to be done there first, such as to accept terms. That page is given `?redirect=` with the way back, and the
 * check is asked once more. At a refresh nobody is there to be asked for anything: only `refuse` counts, and ends what the
 * client has (`invalid_grant`). A check that answers anything else, such as `false`, lets nobody on (`misconfigured`).
 */
export type AccessAnswer =
  | undefined
  | { readonly refuse: string }
  | { readonly signInAgain: true }
  | { readonly goTo: string }

/** @see {@link AccessAnswer} */
export type AccessCheck = (question: AccessQuestion) => AccessAnswer | Promise<AccessAnswer>

/**
 * Checks of the host's by their names, which stand in logs. They are asked in this order, after the rules of the client. One
 * that has the name of such a rule takes its place: `allowedGroups` (who may use a client that is restricted to groups) or
 * `freshSignIn` (clients that want the passkey used for them, or no old session).
 *
 * @example
 * ```ts
 * const checks: AccessChecks = {
 *   stepUp: ({ client, session }) =>
 *     client.name === 'Payroll' && session.acr !== 'phr' ? { signInAgain: true } : undefined,
 *   terms: async ({ account }) => ((await hasAccepted(account.id)) ? undefined : { goTo: '/terms' }),
 * }
 * ```
 */
export type AccessChecks = Readonly<Record<string, AccessCheck>>

/** Which of our own rules hold, since no check of the host's takes their place. */
export interface BuiltInRules {
  readonly allowedGroups: boolean
  readonly freshSignIn: boolean
}

export function builtInRulesWith(checks: AccessChecks): BuiltInRules {
  return { allowedGroups: !Object.hasOwn(checks, 'allowedGroups'), freshSignIn: !Object.hasOwn(checks, 'freshSignIn') }
}

export interface AccessDecision {
  readonly check: string
  readonly answer: Exclude<AccessAnswer, undefined>
}

/** The first check that has something to say. @throws {Misconfigured} where one fails, which names it */
export type RunAccessChecks = (question: AccessQuestion) => Promise<AccessDecision | undefined>

/** @param hookTimeout - milliseconds that each has */
export function createAccessChecks(checks: AccessChecks, hookTimeout: number): RunAccessChecks {
  return async (question) => {
    for (const [check, ask] of Object.entries(checks)) {
      const answer = await runHostRule({
        option: `checks.${check}`,
        ask: () => ask(question),
        fits: ({ refuse, signInAgain, goTo }) =>
          typeof refuse === 'string' || signInAgain === true || typeof goTo === 'string',
        hookTimeout,
      })
      if (answer) return { check, answer }
    }
    return undefined
  }
}
