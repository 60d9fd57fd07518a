import 'reflect-metadata'
import { createPrivateKey, type KeyObject, sign, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Attest, Attested } from '@pocket/core/testing'

x509.cryptoProvider.set(webcrypto as unknown as Crypto)

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const hour = 3_600_000

/** A certificate with its private key. */
export interface CertifiedKey {
  readonly certificate: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

export interface CertificateOptions {
  readonly issuer?: CertifiedKey
  readonly subject?: string
  readonly extensions?: readonly x509.Extension[]
  /** In SubjectPublicKeyInfo; by default a new key. */
  readonly spki?: Uint8Array
  /** Whether it is a certificate authority; by default if no issuer is given. */
  readonly isAuthority?: boolean
  /** Milliseconds from now until the start and the end of its validity. */
  readonly valid?: readonly [from: number, until: number]
}

let serial = 1

/** Issues a certificate; self-signed if no issuer is given. */
export async function createCertificate({
  issuer,
  subject = 'CN=Test Root, O=Test, C=DE',
  extensions = [],
  spki,
  isAuthority = issuer === undefined,
  valid: [from, until] = [-hour, hour],
}: CertificateOptions): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const dates = { notBefore: new Date(Date.now() + from), notAfter: new Date(Date.now() + until) }
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(2, '0'),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    ...dates,
    publicKey: asCryptoKey(
      spki ? await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']) : keys.publicKey,
    ),
    signingKey: asCryptoKey((issuer?.keys ?? keys).privateKey),
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(isAuthority, undefined, true), ...extensions],
  })
  return { certificate, keys }
}

/** The same class, which Node and the browsers type differently. */
function asCryptoKey(key: webcrypto.CryptoKey): CryptoKey {
  return key as unknown as CryptoKey
}

export const attestationSubject = 'CN=Test Key, OU=Authenticator Attestation, O=Test, C=DE'

/** `packed` with a certificate (WebAuthn Level 3 §8.2). */
export async function createPacked(chain: readonly CertifiedKey[]): Promise<Attest> {
  const key = await toNodeKey(chain[0])
  return ({ authenticatorData, clientDataHash }) => ({
    fmt: 'packed',
    statement: {
      alg: -7,
      sig: sign('sha256', Buffer.concat([authenticatorData, clientDataHash]), key),
      x5c: chain.map(certificateBytes),
    },
  })
}

/** `packed` with self attestation. */
export const attestPackedSelf: Attest = ({ authenticatorData, clientDataHash, key }) => ({
  fmt: 'packed',
  statement: { alg: key.algorithm, sig: key.sign(Buffer.concat([authenticatorData, clientDataHash])) },
})

const androidKeyDescription = '1.3.6.1.4.1.11129.2.1.17'

/** `android-key` (WebAuthn Level 3 §8.4): the certificate of a key store. */
export async function attestAndroidKey(
  root: CertifiedKey,
  created: Attested,
  extra: readonly x509.Extension[] = [],
): Promise<ReturnType<Attest>> {
  // A KeyDescription of version 3 with the client data hash as its challenge, and two empty authorization lists.
  const [before, after] = ['30340201030a01010201040a01010420', '040030003000'].map((hex) => Buffer.from(hex, 'hex'))
  const content = Buffer.concat([before ?? '', created.clientDataHash, after ?? ''].map((part) => Buffer.from(part)))
  const extensions = [new x509.Extension(androidKeyDescription, false, content), ...extra]
  const leaf = await createCertificate({
    issuer: root,
    subject: 'CN=Android Keystore Key',
    extensions,
    spki: created.key.spki,
  })
  return {
    fmt: 'android-key',
    statement: {
      alg: created.key.algorithm,
      sig: created.key.sign(Buffer.concat([created.authenticatorData, created.clientDataHash])),
      x5c: [certificateBytes(leaf), certificateBytes(root)],
    },
  }
}

/** Names the URL of the revocation list (RFC 5280 §4.2.1.13). */
export function revocationList(address: string): x509.Extension {
  return new x509.CRLDistributionPointsExtension([address])
}

export function certificateBytes({ certificate }: CertifiedKey): Uint8Array {
  return new Uint8Array(certificate.rawData)
}

function certificateBase64(certified: CertifiedKey): string {
  return Buffer.from(certificateBytes(certified)).toString('base64')
}

export async function toNodeKey(by: CertifiedKey | undefined): Promise<KeyObject> {
  if (by === undefined) throw new Error('A chain has at least one certificate.')
  const der = await webcrypto.subtle.exportKey('pkcs8', by.keys.privateKey)
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
}

/** A BLOB of the metadata service, signed with the last key of a chain (FIDO MDS §3.1.7). */
export async function createMetadataBlob(by: CertifiedKey, entries: readonly object[], no = 1): Promise<string> {
  const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = `${encodePart({ alg: 'ES256', typ: 'JWT', x5c: [certificateBase64(by)] })}.${encodePart({ no, nextUpdate: '2099-01-01', entries })}`
  const signature = sign('sha256', Buffer.from(head), { key: await toNodeKey(by), dsaEncoding: 'ieee-p1363' })
  return `${head}.${signature.toString('base64url')}`
}

/** The metadata entry of one model. */
export function createMetadataEntry(aaguid: string, root: CertifiedKey | Uint8Array, status = 'FIDO_CERTIFIED') {
  const certificate = root instanceof Uint8Array ? root : certificateBytes(root)
  return {
    aaguid,
    statusReports: [{ status, effectiveDate: '2025-01-01' }],
    timeOfLastStatusChange: '2025-01-01',
    metadataStatement: {
      aaguid,
      description: 'Test Key',
      authenticatorVersion: 1,
      protocolFamily: 'fido2',
      schema: 3,
      upv: [{ major: 1, minor: 0 }],
      authenticationAlgorithms: ['secp256r1_ecdsa_sha256_raw'],
      publicKeyAlgAndEncodings: ['cose'],
      attestationTypes: ['basic_full'],
      attestationRootCertificates: [Buffer.from(certificate).toString('base64')],
    },
  }
}
