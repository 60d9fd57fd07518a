import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { type ClaimRequest, type ClaimSettings, selectClaims } from './claims.ts'
import { type HostClaims, readHostClaims } from './host-claims.ts'
import type { ClientProtocol } from './protocol.ts'

export interface ClaimsClient {
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly settings: ClaimSettings & Pick<ClientProtocol, 'subjectType' | 'sectorIdentifierUri'>
}

/** The subject identifier of an account at a client (OpenID Connect Core §8). */
export type SubjectOf = (accountId: string, client: Pick<ClaimsClient, 'redirectUris' | 'settings'>) => string

/** Creates the claims of an account for a client: used for ID tokens, UserInfo, refreshes, consent and preview. */
export type MakeClaims = (account: Account, client: ClaimsClient, request: ClaimRequest) => Promise<Claims>

/** The claims of the host's own function for these scopes. */
export type GetHostClaims = (account: Account, client: ClaimsClient, scopes: readonly string[]) => Promise<Claims>

export function createHostClaimsReader(hostClaims: HostClaims | undefined, hookTimeout: number): GetHostClaims {
  return async (account, { id, name }, scopes) =>
    hostClaims ? readHostClaims(hostClaims, { account, context: { client: { id, name }, scopes }, hookTimeout }) : {}
}

export function createClaimMaker(getHostClaims: GetHostClaims, subjectOf: SubjectOf): MakeClaims {
  return async (account, client, request) => {
    const scopes = [...request.scopes]
    const claims = request.hostClaims ?? (await getHostClaims(account, client, scopes))
    return selectClaims(
      account,
      client.settings,
      { ...request, scopes, hostClaims: claims },
      subjectOf(account.id, client),
    )
  }
}
