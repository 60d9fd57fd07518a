import { importJWK, SignJWT } from 'jose'
import type Provider from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'
import { uuid } from '../random.ts'
import { buildAudience } from './access-token-claims.ts'
import { signingAlgorithmFor } from './algorithms.ts'
import { extras } from './client-metadata.ts'
import { ExternalKey } from './external-keys.ts'
import type { ProviderContext } from './provider-context.ts'

type AccessToken = InstanceType<Provider['AccessToken'] | Provider['ClientCredentials']>

/** The stored payload of an access token. */
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
  { issuer, keys, externalKeys }: ProviderContext,
): Promise<string> {
  const { client, scope = '', extra } = token
  if (!client) throw new ConfigurationError('An access token was created without a client.')
  const { pocket_protocol: protocol } = extras(client)
  const alg = signingAlgorithmFor(protocol, protocol.idTokenSignedResponseAlg)
  const key = [...externalKeys, ...keys].find((candidate) => candidate.alg === alg)
  if (!key) throw new ConfigurationError(`There is no key for ${alg}.`)
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
  const header = { alg, kid: key.kid, typ: 'at+jwt' }
  if (key instanceof ExternalKey) {
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${text}.${Buffer.from(await key.sign(Buffer.from(text))).toString('base64url')}`
  }
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(key, alg))
}
