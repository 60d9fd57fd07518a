import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'

const { Check, Prompt, base } = interactionPolicy

/**
 * Who is asked what before a client gets its answer: the library's own checks, and the named ones below.
 * `login` resolves to a sign-in page, `consent` to a consent page.
 */
export function createPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base()
  policy.get('login')?.checks.add(accountGone())
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  // Every client of ours is a web client to the library; this check would ask again at each authorization.
  policy.get('consent')?.checks.remove('native_client_prompt')
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
