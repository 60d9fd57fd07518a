import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { type ClaimRequest, type ClaimSettings, claimsFor } from './claims.ts'
import { askHostClaims, type HostClaims } from './host-claims.ts'

/** The client that is told something, and its settings. */
export interface ToldClient {
  readonly id: string
  readonly name: string
  readonly settings: ClaimSettings
}

/** Makes what a client is told of an account: the one place behind ID tokens, UserInfo, refreshes, consent and preview. */
export type MakeClaims = (account: Account, client: ToldClient, request: ClaimRequest) => Promise<Claims>

/** @param answerWithin - milliseconds that the host's function has */
export function createClaimMaker(ask: HostClaims | undefined, answerWithin: number): MakeClaims {
  return async (account, { id, name, settings }, request) => {
    const scopes = [...request.scopes]
    const context = { client: { id, name }, scopes }
    const ofHost = ask ? await askHostClaims(ask, { account, context, answerWithin }) : {}
    return claimsFor(account, settings, { ...request, scopes, ofHost })
  }
}
