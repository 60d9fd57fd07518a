import type Provider from 'oidc-provider'
import { type Claims, supportedScopes } from '../accounts/claims.ts'
import { addDefaultScopes } from '../clients/claims.ts'
import { accessProblem, notAllowedReason, secondPasskeyReason } from '../clients/group-restriction.ts'
import type { CoreContext } from '../context.ts'
import { ForbiddenError, NotFoundError } from '../errors.ts'
import { uuid } from '../random.ts'
import { authenticationContext } from '../sessions/session.ts'
import { claimsClient, extras } from './client-metadata.ts'
import { idTokenLifetime } from './configuration.ts'
import { additionalIdTokenClaims } from './id-token-claims.ts'

/** The tokens that a client would receive for a user who signs in with a passkey and consents to all scopes. */
export interface TokenPreview {
  readonly idToken: Claims
  /** The claims of a JWT access token, or the introspection response of an opaque one. */
  readonly accessToken: Claims
  readonly userInfo: Claims
}

/** Previews token contents without issuing tokens; uses the same claim functions. */
export function createTokenPreview(
  { stores, makeClaims, clock, countPasskeys }: CoreContext,
  provider: () => Provider,
) {
  /**
   * @param scope - as in a request (RFC 6749 §3.3); default scopes are added, unknown ones are dropped
   * @throws {NotFoundError} `client_not_found`, `account_not_found`
   * @throws {ForbiddenError} `oidc_access_denied` if the user may not use the client
   */
  return async (clientId: string, accountId: string, scope: string): Promise<TokenPreview> => {
    const { Client, IdToken, Claims: LibraryClaims, issuer } = provider()
    const client = await Client.find(clientId)
    if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
    const account = await stores.accounts.find(accountId)
    if (!account) throw new NotFoundError('account_not_found', 'There is no such account.')
    const { pocket_access: access, pocket_protocol: protocol, pocket_access_token } = extras(client)
    const problem = await accessProblem(access, account, countPasskeys)
    if (problem)
      throw new ForbiddenError(
        'oidc_access_denied',
        problem === 'second_passkey' ? secondPasskeyReason : notAllowedReason,
      )

    const requested = new Set<string>(['openid', ...addDefaultScopes(scope, protocol)])
    const scopes = supportedScopes.filter((supported) => requested.has(supported))
    // The library derives the client-specific subject from this ID.
    const claims = { ...(await makeClaims(account, claimsClient(client), { scopes })), sub: accountId }
    const { amr, acr, authTime } = authenticationContext('passkey', clock.now())
    const idToken = Object.assign(new IdToken({ ...claims, amr, acr, auth_time: authTime }, { client }), {
      scope: scopes.join(' '),
    })
    const userInfo = new LibraryClaims(claims, { client }).scope(scopes.join(' '))
    const payload = await idToken.payload()
    const iat = Math.floor(clock.now() / 1000)
    return {
      idToken: {
        iss: issuer,
        aud: client.clientId,
        iat,
        exp: iat + idTokenLifetime,
        ...additionalIdTokenClaims(iat),
        ...payload,
      },
      accessToken: {
        iss: issuer,
        sub: payload.sub,
        aud: [client.clientId, issuer],
        client_id: client.clientId,
        scope: scopes.join(' '),
        scp: scopes,
        iat,
        exp: iat + pocket_access_token.lifetime,
        jti: uuid(),
      },
      userInfo: await userInfo.result(),
    }
  }
}
