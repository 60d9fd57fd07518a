import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { AccessDecision, RunAccessChecks } from '../clients/access-checks.ts'
import { getAccount } from './accounts.ts'
import { policyClient } from './client-metadata.ts'

const { Check, Prompt } = interactionPolicy

/** The prompt of an access check that redirects users to a page of the host. */
export const hostPagePrompt = 'host_page'

/** Adds the host's access checks after the built-in ones: to the login and refusal prompts, and as a prompt of their own. */
export function addAccessChecks(policy: interactionPolicy.DefaultPolicy, runChecks: RunAccessChecks): void {
  const decisions = new WeakMap<object, Promise<AccessDecision | undefined>>()
  const decide = (ctx: KoaContextWithOIDC): Promise<AccessDecision | undefined> => {
    const cached = decisions.get(ctx)
    if (cached) return cached
    const decision = decideAccess(ctx, runChecks)
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
        return decision !== undefined && kind in decision.result ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
      },
      async (ctx: KoaContextWithOIDC) => {
        const decision = await decide(ctx)
        return decision ? { check: decision.check, ...decision.result } : {}
      },
    )
  policy.get('login')?.checks.add(check('signInAgain', 'login_required', 'an access check requires a new sign-in'))
  policy.get('not_allowed')?.checks.add(check('refuse', 'access_denied', 'an access check denies access'))
  const hostPage = check('redirectTo', 'interaction_required', 'the user must complete a step at this service first')
  policy.add(new Prompt({ name: hostPagePrompt, requestable: false }, hostPage), 4)
}

async function decideAccess(
  { oidc }: KoaContextWithOIDC,
  runChecks: RunAccessChecks,
): Promise<AccessDecision | undefined> {
  const { client, session, params } = oidc
  const account = oidc.account && getAccount(oidc.account)
  if (!client || !account || session?.accountId === undefined) return undefined
  return runChecks({
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
