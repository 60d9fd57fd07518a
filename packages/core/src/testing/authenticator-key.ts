import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { invalidArgument } from '../arguments.ts'

/** A signature scheme of a passkey; the COSE identifiers are -7, -8, -257 and -48. The last one needs Node 24.7 or later. */
export type PasskeyAlgorithm = 'ES256' | 'Ed25519' | 'RS256' | 'ML-DSA-44'

export interface AuthenticatorKey {
  /** The COSE algorithm identifier (RFC 9053). */
  readonly algorithm: number
  /** The public key as a COSE_Key (RFC 9052 §7). */
  readonly cosePublicKey: Uint8Array
  /** The public key as SubjectPublicKeyInfo in DER, which a browser hands to the page. */
  readonly spki: Uint8Array
  sign(data: Uint8Array): Uint8Array
}

export const coseAlgorithms: Readonly<Record<PasskeyAlgorithm, number>> = {
  ES256: -7,
  Ed25519: -8,
  RS256: -257,
  'ML-DSA-44': -48,
}

export function generateAuthenticatorKey(algorithm: PasskeyAlgorithm): AuthenticatorKey {
  return authenticatorKey(algorithm, generatePair(algorithm))
}

/** The key of an ES256 passkey from its private key (PKCS #8 in DER). */
export function importAuthenticatorKey(pkcs8: Uint8Array): AuthenticatorKey {
  try {
    const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    return authenticatorKey('ES256', { privateKey, publicKey: createPublicKey(privateKey) })
  } catch {
    throw invalidArgument('privateKey', 'must be the private key of an ES256 passkey, as PKCS #8 in DER')
  }
}

function authenticatorKey(
  algorithm: PasskeyAlgorithm,
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): AuthenticatorKey {
  // These algorithms hash internally, so node:crypto expects no digest.
  const digest = algorithm === 'Ed25519' || algorithm === 'ML-DSA-44' ? null : 'sha256'
  return {
    algorithm: coseAlgorithms[algorithm],
    cosePublicKey: cosePublicKey(algorithm, publicKey),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    sign: (data) => sign(digest, data, privateKey),
  }
}

function generatePair(algorithm: PasskeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'Ed25519':
      return generateKeyPairSync('ed25519')
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ML-DSA-44':
      return generateKeyPairSync('ml-dsa-44')
  }
}

// Labels of RFC 9053 §7 and RFC 8230 §4: 1 is kty and 3 is alg; the meaning of negative labels depends on kty.
function cosePublicKey(algorithm: PasskeyAlgorithm, key: KeyObject): Uint8Array {
  // The public key is the last 1312 bytes of its SubjectPublicKeyInfo (FIPS 204, table 2).
  const raw = () => key.export({ type: 'spki', format: 'der' }).subarray(-1312)
  const jwk: Partial<Record<string, unknown>> = algorithm === 'ML-DSA-44' ? {} : key.export({ format: 'jwk' })
  const alg = coseAlgorithms[algorithm]
  switch (algorithm) {
    case 'ES256':
      return coseKey([
        [1, 2],
        [3, alg],
        [-1, 1],
        [-2, decodeParameter(jwk.x)],
        [-3, decodeParameter(jwk.y)],
      ])
    case 'Ed25519':
      return coseKey([
        [1, 1],
        [3, alg],
        [-1, 6],
        [-2, decodeParameter(jwk.x)],
      ])
    case 'RS256':
      return coseKey([
        [1, 3],
        [3, alg],
        [-1, decodeParameter(jwk.n)],
        [-2, decodeParameter(jwk.e)],
      ])
    case 'ML-DSA-44':
      return coseKey([
        [1, 7],
        [3, alg],
        [-1, raw()],
      ])
  }
}

function coseKey(parameters: readonly (readonly [label: number, value: number | Uint8Array])[]): Uint8Array {
  return isoCBOR.encode(new Map(parameters))
}

function decodeParameter(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw new Error('The exported public key lacks a parameter of its kind')
  return Buffer.from(value, 'base64url')
}
