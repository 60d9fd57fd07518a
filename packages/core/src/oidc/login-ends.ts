import type { ArtifactStore } from './artifact-store.ts'
import { revokeGrant } from './grant-destruction.ts'
import { getSubject, type PairwiseIdentifier } from './pairwise.ts'

export interface Login {
  readonly client: { readonly clientId: string }
  readonly subject: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/**
 * Revokes the tokens of a sign-in whose session has expired, because refresh tokens outlive the session and the user now signs
 * out. Resolves to the account ID if anything was revoked.
 */
export function createLoginRevocation(artifacts: ArtifactStore, pairwise: PairwiseIdentifier) {
  return async ({ client, subject, authTime }: Login): Promise<string | undefined> => {
    const { clientId } = client
    const accounts = await artifacts.accountsOf(clientId)
    const accountId = accounts.find((id) => getSubject(pairwise, id, client) === subject)
    const tokens = accountId === undefined ? [] : await artifacts.listByAccount('RefreshToken', accountId)
    const loginTokens = tokens.filter(
      (token) => token.clientId === clientId && JSON.parse(token.payload).authTime === authTime,
    )
    const grantIds = new Set(loginTokens.flatMap(({ grantId }) => grantId ?? []))
    for (const grantId of grantIds) await revokeGrant(artifacts, grantId)
    return grantIds.size > 0 ? accountId : undefined
  }
}
