import { X509Certificate } from 'node:crypto'
import { convertAAGUIDToString, decodeAttestationObject, parseAuthenticatorData } from '@simplewebauthn/server/helpers'
import { InvalidInputError } from '../errors.ts'

/** The DER-encoded ID of the CRL distribution points extension (RFC 5280 §4.2.1.13). */
const crlDistributionPoints = Buffer.from('0603551d1f', 'hex')

/** The unverified content of an attestation object. */
export interface UnverifiedAttestation {
  readonly aaguid: string
  /**
   * Whether a certificate names revocation lists. Verification downloads them, for some formats before the certificate
   * signature is checked, so an attacker could make this server send requests to arbitrary URLs.
   */
  readonly namesRevocationLists: boolean
  /**
   * Whether a certificate without CA permission has issued another one (RFC 5280 §4.2.1.9). The library checks only signatures,
   * so the holder of any genuine certificate, such as an Android app with a key store key, could issue certificates.
   */
  readonly hasForgedIssuer: boolean
}

/** @throws {InvalidInputError} `passkey_rejected` if it is not an attestation object (WebAuthn Level 3 §6.5) */
export function parseAttestation(attestationObject: string): UnverifiedAttestation {
  try {
    const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')))
    const { aaguid = new Uint8Array(16) } = parseAuthenticatorData(decoded.get('authData'))
    const certificates = readCertificates(decoded.get('attStmt'))
    return {
      aaguid: convertAAGUIDToString(aaguid),
      namesRevocationLists: certificates.some((certificate) => certificate.includes(crlDistributionPoints)),
      hasForgedIssuer: certificates.slice(1).some((issuer) => !new X509Certificate(issuer).ca),
    }
  } catch (cause) {
    throw new InvalidInputError('passkey_rejected', 'The attestation object cannot be read.', { cause })
  }
}

interface Statement {
  get(key: 'x5c'): readonly Uint8Array[] | undefined
  get(key: 'response'): Uint8Array | undefined
}

function readCertificates(statement: Statement): readonly Buffer[] {
  const certificates = (statement.get('x5c') ?? []).map((certificate) => Buffer.from(certificate))
  // SafetyNet certificates are in the header of a JWS (WebAuthn Level 3 §8.5).
  const jws = statement.get('response')
  if (jws === undefined) return certificates
  const [encodedHeader = ''] = Buffer.from(jws).toString('utf8').split('.')
  const { x5c }: { x5c: readonly string[] } = JSON.parse(Buffer.from(encodedHeader, 'base64url').toString('utf8'))
  return [...certificates, ...x5c.map((certificate) => Buffer.from(certificate, 'base64'))]
}
