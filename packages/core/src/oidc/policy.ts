import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { RunAccessChecks } from '../clients/access-checks.ts'
import { isAllowedToUse, notAllowedReason } from '../clients/group-restriction.ts'
import { isNativeRedirectUri } from '../clients/redirect-uris.ts'
import type { Clock } from '../clock.ts'
import { isTooOld } from '../sessions/freshness.ts'
import { addAccessChecks } from './access-checks.ts'
import { groupIdsOf } from './accounts.ts'
import { extras, signInDemands } from './client-metadata.ts'

const { Check, Prompt, base } = interactionPolicy

/**
 * Who is asked what before a client gets its answer: the library's own checks, and the named ones below.
 * `login` resolves to a sign-in page, `consent` to a consent page,
 * `create` to a page on which strangers sign up, `select_account` to one of those who are signed in here.
 */
export function createPolicy(clock: Clock, runAccessChecks: RunAccessChecks): interactionPolicy.DefaultPolicy {
  const policy = base()
  policy.get('login')?.checks.add(accountGone())
  policy.get('login')?.checks.add(reauthentication(clock))
  policy.get('consent')?.checks.add(nativeClient(), 0)
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  policy.add(new Prompt({ name: 'not_allowed', requestable: false }, notInAllowedGroup()), 3)
  addAccessChecks(policy, runAccessChecks)
  return policy
}

/** Somebody is signed in whom the account store no longer knows, or who is disabled. */
function accountGone(): interactionPolicy.Check {
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

/** The client wants the passkey used for it, or no older session, and the person has been signed in for longer or in another way. */
function reauthentication(clock: Clock): interactionPolicy.Check {
  return new Check(
    'reauthentication',
    'the client requires a fresh authentication',
    'login_required',
    ({ oidc }: KoaContextWithOIDC) => {
      const { client, session } = oidc
      if (!client || session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT
      // What was fresh when a page was shown stays so while the person reads it.
      const at = oidc.entities.Interaction?.iat ?? Math.floor(clock.now() / 1000)
      const signIn = { acr: session.acr ?? '0', authTime: session.loginTs ?? 0 }
      return isTooOld(signIn, signInDemands(client), at) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    },
  )
}

/** The reason for which a person is asked to continue where nothing has to be allowed any more. */
export const nativeClientReason = 'native_client'

/**
 * Anything on the person's device can pretend to be such a client, so that no answer is sent there without an act of the
 * person in this very authorization (RFC 8252 §8.6).
 */
function nativeClient(): interactionPolicy.Check {
  return new Check(
    nativeClientReason,
    'a native application is authorized only by an act of the person',
    'interaction_required',
    ({ oidc }: KoaContextWithOIDC) => {
      const { client, params, result } = oidc
      if (client?.clientAuthMethod !== 'none' || extras(client).pocket_skip_consent) return Check.NO_NEED_TO_PROMPT
      const isNative = isNativeRedirectUri(String(params?.redirect_uri))
      return isNative && !result?.consent ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    },
  )
}

/** The client is for members of certain groups: the person reads so first, and the client learns `access_denied`. */
function notInAllowedGroup(): interactionPolicy.Check {
  return new Check('not_in_allowed_group', notAllowedReason, 'access_denied', ({ oidc }: KoaContextWithOIDC) => {
    const { client, account } = oidc
    if (client && account && !isAllowedToUse(extras(client).pocket_access, groupIdsOf(account)))
      return Check.REQUEST_PROMPT
    return Check.NO_NEED_TO_PROMPT
  })
}
