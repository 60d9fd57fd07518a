import type { ResponseType } from 'oidc-provider'
import type { ClientProtocol } from '../clients/protocol.ts'

/** The supported response types (OAuth 2.0 Multiple Response Type Encoding Practices §3). */
export function responseTypes(allowImplicit: boolean): readonly ResponseType[] {
  return allowImplicit ? ['code', 'id_token', 'id_token token'] : ['code', 'id_token']
}

/** The response types of a client. Access tokens in a URL cannot be DPoP-bound (RFC 9449 §4). */
export function getResponseTypes(
  { implicitIdToken, fapi, dpopBoundAccessTokens }: ClientProtocol,
  allowImplicit: boolean,
): readonly ResponseType[] {
  return implicitIdToken && !fapi ? responseTypes(allowImplicit && !dpopBoundAccessTokens) : ['code']
}
