import 'reflect-metadata'
import { createHash, createPublicKey, sign } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Attest, Attested } from '@pocket/core/testing'
import { type CertifiedKey, certificateBytes, createCertificate, toNodeKey } from './attestation-maker.ts'

/** The certificate of the attestation key of a TPM (WebAuthn Level 3 §8.3.1), with a fictitious manufacturer. */
export function createAttestationKey(root: CertifiedKey): Promise<CertifiedKey> {
  const name = '2.23.133.2.1=id:FFFFF1D0, 2.23.133.2.2=Test TPM, 2.23.133.2.3=id:00010000'
  return createCertificate({
    issuer: root,
    subject: '',
    extensions: [
      new x509.ExtendedKeyUsageExtension(['2.23.133.8.3']),
      new x509.SubjectAlternativeNameExtension([{ type: 'dn', value: name }], true),
    ],
  })
}

/** `tpm` (WebAuthn Level 3 §8.3): the attestation key certifies the key of the passkey. */
export async function createTpm(by: CertifiedKey): Promise<Attest> {
  const key = await toNodeKey(by)
  return (created) => {
    const area = publicArea(created)
    const certInfo = Buffer.concat([
      Buffer.from('ff5443478017', 'hex'),
      prefixSize(new Uint8Array()),
      prefixSize(sha256(Buffer.concat([created.authenticatorData, created.clientDataHash]))),
      // Clock, reset count, restart count and the safe flag; then the firmware version.
      Buffer.alloc(17 + 8),
      prefixSize(Buffer.concat([sha256Id, sha256(area)])),
      prefixSize(new Uint8Array()),
    ])
    return {
      fmt: 'tpm',
      statement: {
        ver: '2.0',
        alg: -7,
        x5c: [certificateBytes(by)],
        sig: sign('sha256', certInfo, key),
        certInfo,
        pubArea: area,
      },
    }
  }
}

const sha256Id = Buffer.from('000b', 'hex')
const none = '0010'

/** TPMT_PUBLIC of the key of the passkey (TPM 2.0 Structures §12.2.4). */
function publicArea({ key }: Pick<Attested, 'key'>): Buffer {
  const jwk = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  const encodePart = (value: string | undefined) => prefixSize(Buffer.from(value ?? '', 'base64url'))
  const [type, parameters] =
    jwk.kty === 'RSA'
      ? // 2048 bits, and the default exponent.
        ['0001', `${none}${none}080000000000`]
      : ['0023', `${none}${none}0003${none}`]
  const unique = jwk.kty === 'RSA' ? [encodePart(jwk.n)] : [encodePart(jwk.x), encodePart(jwk.y)]
  const head = Buffer.from(`${type}000b000400000000${parameters}`, 'hex')
  return Buffer.concat([head, ...unique])
}

function prefixSize(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}
