import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { FieldError } from '../errors.ts'
import type { Client } from './client.ts'

type Settings = Pick<Client, 'isPublic' | 'redirectUris' | 'protocol'>

/** What cannot hold at once of a client's settings: such a client could not be served. */
export function protocolConflicts({ isPublic, redirectUris, protocol }: Settings): FieldError[] {
  const { jwks, jwksUri, fapi } = protocol
  const found = (jwks?.keys ?? []).flatMap((key, index) => keyProblems(key, `jwks.keys.${index}`))
  const hasKeys = jwksUri !== null || (jwks?.keys.length ?? 0) > 0
  const needing = [
    ['tokenEndpointAuthMethod', !isPublic && protocol.tokenEndpointAuthMethod === 'private_key_jwt'],
    ['requireSignedRequestObject', protocol.requireSignedRequestObject],
    ['idTokenEncryptedResponse', protocol.idTokenEncryptedResponse !== null],
    ['userinfoEncryptedResponse', protocol.userinfoEncryptedResponse !== null],
    ['authorizationEncryptedResponse', protocol.authorizationEncryptedResponse !== null],
    ['fapi', fapi],
  ] as const
  if (!hasKeys)
    found.push(...needing.flatMap(([name, needs]) => (needs ? [problem(name, 'needs keys of the client')] : [])))
  if (jwks !== null && jwksUri !== null) found.push(problem('jwksUri', 'cannot be there beside jwks'))
  if (fapi && isPublic) found.push(problem('fapi', 'is for confidential clients'))
  if (protocol.subjectType === 'pairwise' && protocol.sectorIdentifierUri === null && hostsOf(redirectUris).size > 1)
    found.push(problem('sectorIdentifierUri', 'is needed where redirect URIs are on several hosts'))
  if (protocol.sectorIdentifierUri !== null && !/^https:/i.test(protocol.sectorIdentifierUri))
    found.push(problem('sectorIdentifierUri', 'must be an https address'))
  return found
}

function problem(name: string, message: string): FieldError {
  return { field: `protocol.${name}`, code: 'invalid_format', message }
}

function hostsOf(uris: readonly string[]): ReadonlySet<string> {
  return new Set(uris.map((uri) => URL.parse(uri)?.host || uri))
}

function keyProblems(key: Readonly<Record<string, unknown>>, name: string): FieldError[] {
  if (typeof key.kty !== 'string' || !['RSA', 'EC', 'OKP'].includes(key.kty))
    return [problem(name, 'must be a key for RSA, an elliptic curve or Ed25519')]
  if ('d' in key) return [problem(name, 'must be a public key')]
  if (['kid', 'alg', 'use'].some((part) => key[part] !== undefined && typeof key[part] !== 'string'))
    return [problem(name, 'has a part that is no text')]
  try {
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return []
  } catch {
    return [problem(name, 'is no key')]
  }
}
