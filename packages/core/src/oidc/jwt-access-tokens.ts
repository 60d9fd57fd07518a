import { SignJWT } from 'jose'
import type Provider from 'oidc-provider'
import type { Claims } from '../accounts/claims.ts'
import type { SigningAlgorithm } from '../clients/protocol.ts'
import { ConfigurationError } from '../errors.ts'
import { uuid } from '../random.ts'
import { buildAudience } from './access-token-claims.ts'
import { signingAlgorithmFor } from './algorithms.ts'
import { extras } from './client-metadata.ts'
import { ExternalKey } from './external-keys.ts'
import type { ProviderContext } from './provider-context.ts'

type AccessToken = InstanceType<Provider['AccessToken'] | Provider['ClientCredentials']>

export interface AccessTokenPayload {
  readonly iat: number
  readonly exp: number
  readonly jkt?: string
  readonly rar?: unknown
}

/** Signs a JWT access token (RFC 9068) that is not for an API. */
export async function signAccessToken(
  token: AccessToken,
  payload: AccessTokenPayload,
  subject: string,
  { issuer, ...context }: ProviderContext,
): Promise<string> {
  const { client, scope = '', extra } = token
  if (!client) throw new ConfigurationError('An access token was created without a client.')
  const { pocket_protocol: protocol } = extras(client)
  const alg = signingAlgorithmFor(protocol, protocol.idTokenSignedResponseAlg)
  const scopes = scope.split(' ').filter(Boolean)
  const claims = {
    ...extra,
    iss: issuer.id,
    sub: subject,
    aud: buildAudience(client.clientId, scopes, issuer.id),
    iat: payload.iat,
    exp: payload.exp,
    jti: uuid(),
    client_id: client.clientId,
    scope,
    scp: scopes,
    ...(payload.rar !== undefined && { authorization_details: payload.rar }),
    ...(payload.jkt !== undefined && { cnf: { jkt: payload.jkt } }),
  }
  return signJwt(claims, { alg, typ: 'at+jwt' }, context)
}

export type SignJwt = (claims: Claims, header: JwtHeader) => Promise<string>

interface JwtHeader {
  readonly alg: SigningAlgorithm
  readonly typ: string
}

/** Signs a JWT with the first key of its algorithm, which is the current one. */
export async function signJwt(
  claims: Claims,
  { alg, typ }: JwtHeader,
  { keys, externalKeys }: Pick<ProviderContext, 'keys' | 'externalKeys'>,
): Promise<string> {
  const key = [...externalKeys, ...keys].find((candidate) => candidate.alg === alg)
  if (!key) throw new ConfigurationError(`There is no key for ${alg}.`)
  const header = { alg, kid: key.kid, typ }
  if (key instanceof ExternalKey) {
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${text}.${Buffer.from(await key.sign(Buffer.from(text))).toString('base64url')}`
  }
  return new SignJWT(claims).setProtectedHeader(header).sign(key)
}
