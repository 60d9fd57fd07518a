import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { type ClaimRequest, type ClaimSettings, claimsFor } from './claims.ts'
import { askHostClaims, type HostClaims } from './host-claims.ts'
import type { ClientProtocol } from './protocol.ts'

/** The client that is told something, and its settings. */
export interface ToldClient {
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly settings: ClaimSettings & Pick<ClientProtocol, 'subjectType' | 'sectorIdentifierUri'>
}

/** What a client calls the person (OpenID Connect Core §8). */
export type SubjectOf = (accountId: string, client: Pick<ToldClient, 'redirectUris' | 'settings'>) => string

/** Makes what a client is told of an account: the one place behind ID tokens, UserInfo, refreshes, consent and preview. */
export type MakeClaims = (account: Account, client: ToldClient, request: ClaimRequest) => Promise<Claims>

export interface ClaimMakerPorts {
  readonly ask: HostClaims | undefined
  /** Milliseconds that the host's function has. */
  readonly answerWithin: number
  readonly subjectOf: SubjectOf
}

export function createClaimMaker({ ask, answerWithin, subjectOf }: ClaimMakerPorts): MakeClaims {
  return async (account, client, request) => {
    const { id, name, settings } = client
    const scopes = [...request.scopes]
    const context = { client: { id, name }, scopes }
    const ofHost = ask ? await askHostClaims(ask, { account, context, answerWithin }) : {}
    return claimsFor(account, settings, { ...request, scopes, ofHost }, subjectOf(account.id, client))
  }
}
