import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { FieldError } from '../errors.ts'
import type { Client } from './client.ts'
import type { ClientProtocol } from './protocol.ts'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const keyTypes = ['RSA', 'EC', 'OKP']

/** Reports contradictory settings of the client authentication. */
export function clientAuthenticationProblems({
  isPublic,
  federatedIdentities,
  protocol,
}: Pick<Client, 'isPublic' | 'federatedIdentities' | 'protocol'>): FieldError[] {
  const { tokenEndpointAuthMethod: method, jwks, jwksUri, fapi } = protocol
  const found: FieldError[] = []
  const wrong = (field: string, message: string) =>
    found.push({ field: `protocol.${field}`, code: 'invalid_format', message })
  if (isPublic && method !== 'client_secret') wrong('tokenEndpointAuthMethod', 'does not apply to a public client')
  if (isPublic && fapi) wrong('fapi', 'does not apply to a public client')
  if (jwks !== null && jwksUri !== null) wrong('jwks', 'is not given beside jwksUri')
  if (jwks === null && jwksUri === null && needsKeys(protocol))
    wrong('jwks', 'or jwksUri must be given for private_key_jwt, FAPI 2.0, signed requests and encryption')
  if (method !== 'client_secret' && federatedIdentities.length > 0)
    wrong('tokenEndpointAuthMethod', 'must be client_secret where there are federated identities')
  for (const [index, key] of (jwks?.keys ?? []).entries())
    if (!isPublicKey(key)) wrong(`jwks.keys[${index}]`, 'must be a public key of the type RSA, EC or OKP')
  return found
}

function needsKeys(protocol: ClientProtocol): boolean {
  return (
    protocol.tokenEndpointAuthMethod === 'private_key_jwt' ||
    protocol.fapi ||
    protocol.requireSignedRequestObject ||
    protocol.idTokenEncryptedResponse !== null ||
    protocol.userinfoEncryptedResponse !== null ||
    protocol.authorizationEncryptedResponse !== null
  )
}

/** An invalid key would otherwise only fail at each request, where the administrator does not see it. */
function isPublicKey(key: Readonly<Record<string, unknown>>): boolean {
  if (!keyTypes.includes(String(key.kty)) || privateMembers.some((member) => Object.hasOwn(key, member))) return false
  if (['kid', 'alg', 'use'].some((member) => key[member] !== undefined && typeof key[member] !== 'string')) return false
  try {
    // The cast is safe because this function validates the key.
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
