import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { AccessDecision, RunAccessChecks } from '../clients/access-checks.ts'
import { accountOf } from './accounts.ts'
import { policyClient } from './client-metadata.ts'

const { Check, Prompt } = interactionPolicy

/** The prompt of an access check that redirects users to a page of the host. */
export const hostPagePrompt = 'host_page'

/** Adds the host's access checks after the built-in ones: to the login and refusal prompts, and as a prompt of their own. */
export function addAccessChecks(policy: interactionPolicy.DefaultPolicy, ask: RunAccessChecks): void {
  const decisions = new WeakMap<object, Promise<AccessDecision | undefined>>()
  const decide = (ctx: KoaContextWithOIDC): Promise<AccessDecision | undefined> => {
    const known = decisions.get(ctx)
    if (known) return known
    const decision = askAbout(ctx, ask)
    decisions.set(ctx, decision)
    return decision
  }
  const check = (kind: 'refuse' | 'signInAgain' | 'redirectTo', error: string, description: string) =>
    new Check(
      `check_${kind}`,
      description,
      error,
      async (ctx: KoaContextWithOIDC) => {
        const decision = await decide(ctx)
        return decision !== undefined && kind in decision.answer ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
      },
      async (ctx: KoaContextWithOIDC) => {
        const decision = await decide(ctx)
        return decision ? { check: decision.check, ...decision.answer } : {}
      },
    )
  policy.get('login')?.checks.add(check('signInAgain', 'login_required', 'a rule of this service wants a new sign-in'))
  policy.get('not_allowed')?.checks.add(check('refuse', 'access_denied', 'a rule of this service refuses the account'))
  const hostPage = check('redirectTo', 'interaction_required', 'something has to be done at this service first')
  policy.add(new Prompt({ name: hostPagePrompt, requestable: false }, hostPage), 4)
}

async function askAbout({ oidc }: KoaContextWithOIDC, ask: RunAccessChecks): Promise<AccessDecision | undefined> {
  const { client, session, params } = oidc
  const account = oidc.account && accountOf(oidc.account)
  if (!client || !account || session?.accountId === undefined) return undefined
  return ask({
    occasion: 'authorization',
    account,
    client: policyClient(client),
    scopes: String(params?.scope ?? '')
      .split(' ')
      .filter(Boolean),
    session: { acr: session.acr ?? '0', amr: session.amr ?? [], authTime: session.loginTs ?? 0 },
    acrValues: String(params?.acr_values ?? '')
      .split(' ')
      .filter(Boolean),
  })
}
