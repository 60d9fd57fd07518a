import { generateKeyPair as generateKeyPairCallback } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import type { SigningAlgorithm } from '../clients/protocol.ts'
import { sha256 } from '../hash.ts'

const generateKeyPair = promisify(generateKeyPairCallback)

/** A private signing key in the library's format (RFC 7517). */
export type SigningKey = JWK & { readonly kid: string; readonly alg: SigningAlgorithm; readonly use: 'sig' }

/** Generates a key for one algorithm only, so that verifiers need not infer it (RFC 8725 §3.1). */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } = await generate(algorithm)
  const jwk = privateKey.export({ format: 'jwk' })
  return { ...jwk, kid: thumbprint(jwk), alg: algorithm, use: 'sig' }
}

function generate(algorithm: SigningAlgorithm) {
  switch (algorithm) {
    case 'RS256':
    case 'PS256':
      return generateKeyPair('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPair('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPair('ed25519')
  }
}

/** The thumbprint of a key, used as its ID (RFC 7638 §3.2, RFC 8037 §2). */
export function thumbprint({ kty, e, n, crv, x, y }: JWK): string {
  switch (kty) {
    case 'RSA':
      return sha256(JSON.stringify({ e, kty, n }))
    case 'EC':
      return sha256(JSON.stringify({ crv, kty, x, y }))
    default:
      return sha256(JSON.stringify({ crv, kty, x }))
  }
}
