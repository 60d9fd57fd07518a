import { errors, type FindAccount, type Account as LibraryAccount } from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import { accessProblem, notAllowedReason, secondPasskeyReason } from '../clients/group-restriction.ts'
import type { CoreContext } from '../context.ts'
import { withRecentRows } from '../unit-of-work.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { claimsClient, extras, policyClient } from './client-metadata.ts'
import { revokeGrant } from './grant-destruction.ts'
import { idTokenClaims, internalClaims } from './id-token-claims.ts'

/**
 * Loads accounts for oidc-provider. A disabled account is treated as missing. An account that may no longer use the client is
 * treated as missing when a token is presented; at the token endpoint its grant is revoked too (RFC 6749 §5.2), even if a host
 * check refuses the refresh.
 */
export function createFindAccount({
  stores,
  makeClaims,
  runAccessChecks,
  countPasskeys,
}: Pick<CoreContext, 'stores' | 'makeClaims' | 'runAccessChecks' | 'countPasskeys'>): FindAccount {
  const { accounts, artifacts } = stores
  return async ({ oidc }, id, token) => {
    const found = await (oidc.route === 'userinfo' ? withRecentRows(() => accounts.find(id)) : accounts.find(id))
    if (!found || found.disabled) return undefined
    const problem =
      token && oidc.client && (await accessProblem(extras(oidc.client).pocket_access, found, countPasskeys))
    if (problem) {
      if (oidc.route !== 'token') return undefined
      await endGrant(artifacts, token, problem === 'second_passkey' ? secondPasskeyReason : notAllowedReason)
    }
    if (token?.kind === 'RefreshToken' && oidc.client) {
      const { acr = '0', amr = [], authTime = 0, scopes } = token
      const decision = await runAccessChecks({
        occasion: 'refresh',
        account: found,
        client: policyClient(oidc.client),
        scopes: [...scopes],
        session: { acr, amr, authTime },
        acrValues: [],
      })
      if (decision && 'refuse' in decision.result)
        await endGrant(artifacts, token, `the check ${decision.check} denies the account access to this client`)
    }
    return {
      accountId: id,
      found,
      async claims(use, scope, claims, rejected) {
        const request = { scopes: scope.split(' '), names: Object.keys(claims), rejected }
        // oidc-provider derives the client-specific subject from this ID.
        const released = { ...(await makeClaims(found, claimsClient(oidc.client), request)), sub: id }
        return use === 'id_token' ? { ...released, [internalClaims]: idTokenClaims(oidc) } : released
      },
    }
  }
}

/** Revokes the grant, so that a user who regains access must authorize again and old tokens stay invalid. */
async function endGrant(
  artifacts: Pick<ArtifactStore, 'destroy' | 'destroyByGrant'>,
  { grantId }: { readonly grantId?: string | undefined },
  reason: string,
): Promise<never> {
  if (grantId !== undefined) await revokeGrant(artifacts, grantId)
  throw new errors.InvalidGrant(reason)
}

export function getAccount({ found }: LibraryAccount): Account {
  // The cast is safe: oidc-provider types extra members as unknown, and `createFindAccount` sets this one.
  return found as Account
}
