import 'reflect-metadata'
import { createHash, createPrivateKey, type KeyObject, sign, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Attest } from '@pocket/core/testing'

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
} as const
const hour = 3_600_000

/** A certificate authority of SafetyNet, and a key that it certified. */
export interface SafetyNet {
  readonly root: Uint8Array
  readonly leaf: Uint8Array
  readonly key: KeyObject
}

export async function createSafetyNet(): Promise<SafetyNet> {
  const generateKey = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [rootKeys, keys] = [await generateKey(), await generateKey()]
  const createCertificate = (name: string, serialNumber: string, publicKey: webcrypto.CryptoKey) =>
    x509.X509CertificateGenerator.create({
      serialNumber,
      subject: name,
      issuer: 'CN=SafetyNet Root',
      notBefore: new Date(Date.now() - hour),
      notAfter: new Date(Date.now() + hour),
      // The same class, which Node and the browsers type differently.
      publicKey: publicKey as unknown as CryptoKey,
      signingKey: rootKeys.privateKey as unknown as CryptoKey,
      signingAlgorithm: algorithm,
    })
  const root = await createCertificate('CN=SafetyNet Root', '01', rootKeys.publicKey)
  const leaf = await createCertificate('CN=attest.android.com', '02', keys.publicKey)
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    root: new Uint8Array(root.rawData),
    leaf: new Uint8Array(leaf.rawData),
    key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  }
}

/** `android-safetynet` (WebAuthn Level 3 §8.5). */
export function createSafetyNetAttest({ leaf, key }: SafetyNet, change: object = {}): Attest {
  return ({ authenticatorData, clientDataHash }) => {
    const nonce = createHash('sha256').update(authenticatorData).update(clientDataHash).digest('base64')
    const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = encodePart({ alg: 'RS256', x5c: [Buffer.from(leaf).toString('base64')] })
    const body = encodePart({ nonce, ctsProfileMatch: true, timestampMs: Date.now() - 1000, ...change })
    const signed = `${head}.${body}`
    const signature = sign('sha256', Buffer.from(signed), key).toString('base64url')
    return {
      fmt: 'android-safetynet',
      statement: { ver: '1', response: Buffer.from(`${signed}.${signature}`) },
    }
  }
}
