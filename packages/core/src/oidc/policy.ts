import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import {
  type AccessProblem,
  accessProblem,
  type CountPasskeys,
  notAllowedReason,
  secondPasskeyReason,
} from '../clients/group-restriction.ts'
import { isNativeRedirectUri } from '../clients/redirect-uris.ts'
import type { Clock } from '../clock.ts'
import type { CoreContext } from '../context.ts'
import { isInFuture, isTooOld } from '../sessions/freshness.ts'
import { addAccessChecks } from './access-checks.ts'
import { getAccount } from './accounts.ts'
import { extras, signInRequirements } from './client-metadata.ts'

const { Check, Prompt, base } = interactionPolicy

/**
 * Defines the prompts that precede an authorization response: the checks of the library and those below. `login` shows the
 * sign-in page, `consent` the consent page, `create` the sign-up page, and `select_account` the accounts signed in here.
 */
export function createPolicy({
  clock,
  runAccessChecks,
  countPasskeys,
}: Pick<CoreContext, 'clock' | 'runAccessChecks' | 'countPasskeys'>): interactionPolicy.DefaultPolicy {
  const policy = base()
  policy.get('login')?.checks.add(missingAccountCheck())
  policy.get('login')?.checks.add(reauthentication(clock))
  policy.get('consent')?.checks.add(nativeClient(), 0)
  policy.get('consent')?.checks.add(withoutScopes())
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  const accessChecks = [accessCheck('not_in_groups', countPasskeys), accessCheck('second_passkey', countPasskeys)]
  policy.add(new Prompt({ name: 'not_allowed', requestable: false }, ...accessChecks), 3)
  addAccessChecks(policy, runAccessChecks)
  return policy
}

/** Prompts for sign-in if the signed-in account was deleted or disabled. */
function missingAccountCheck(): interactionPolicy.Check {
  return new Check(
    'account_gone',
    'the signed-in account may not sign in',
    'login_required',
    ({ oidc }: KoaContextWithOIDC) =>
      oidc.session?.accountId !== undefined && oidc.account === undefined
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT,
  )
}

/** Prompts for sign-in if the client requires a recent passkey authentication or a younger session. */
function reauthentication(clock: Clock): interactionPolicy.Check {
  return new Check(
    'reauthentication',
    'the client requires a fresh authentication',
    'login_required',
    ({ oidc }: KoaContextWithOIDC) => {
      const { client, session, params } = oidc
      if (!client || session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT
      const now = Math.floor(clock.now() / 1000)
      // Use the start of the interaction, so that the sign-in does not become too old while the user reads a page.
      const at = oidc.entities.Interaction?.iat ?? now
      const signIn = { acr: session.acr ?? '0', authTime: session.loginTs ?? 0 }
      // The library accepts a sign-in in the future for each `max_age`.
      const hasUnknownAge = params?.max_age !== undefined && isInFuture(signIn.authTime, now)
      return hasUnknownAge || isTooOld(signIn, signInRequirements(client), { at, now })
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT
    },
  )
}

/** The reason for a confirmation page when no consent is missing. */
export const nativeClientReason = 'native_client'

/** Any app on the device can impersonate a native client, so each authorization requires user interaction (RFC 8252 §8.6). */
function nativeClient(): interactionPolicy.Check {
  return new Check(
    nativeClientReason,
    'a native application requires user interaction',
    'interaction_required',
    ({ oidc }: KoaContextWithOIDC) => {
      const { client, params, result } = oidc
      if (client?.clientAuthMethod !== 'none' || extras(client).pocket_skip_consent) return Check.NO_NEED_TO_PROMPT
      const isNative = isNativeRedirectUri(String(params?.redirect_uri))
      return isNative && !result?.consent ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    },
  )
}

/** Prompts for consent to a request without scopes, which the checks of the library skip. */
function withoutScopes(): interactionPolicy.Check {
  return new Check(
    'no_scopes',
    'the user has not consented to the client',
    'consent_required',
    // Only a stored grant has an ID; without consent the library uses a new one.
    ({ oidc }: KoaContextWithOIDC) => (oidc.grant?.jti === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT),
  )
}

/** The reason for the access denied page if a second passkey would give access. */
export const secondPasskeyPrompt = 'second_passkey'

/** The client is restricted to certain groups: shows a page first, then returns `access_denied` to the client. */
function accessCheck(problem: AccessProblem, countPasskeys: CountPasskeys): interactionPolicy.Check {
  const isSecondPasskey = problem === 'second_passkey'
  return new Check(
    isSecondPasskey ? secondPasskeyPrompt : 'not_in_allowed_group',
    isSecondPasskey ? secondPasskeyReason : notAllowedReason,
    'access_denied',
    async ({ oidc }: KoaContextWithOIDC) => {
      const { client, account } = oidc
      if (!client || !account) return Check.NO_NEED_TO_PROMPT
      const found = await accessProblem(extras(client).pocket_access, getAccount(account), countPasskeys)
      return found === problem ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    },
  )
}
