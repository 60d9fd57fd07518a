import 'reflect-metadata'
import { createHash, createPublicKey, sign } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Attest, Attested } from '@pocket/core/testing'
import { type CertifiedKey, certificateBytes, createCertificate, toNodeKey } from './attestation-maker.ts'

/** A defect of the statement of a TPM, or of the certificate of its key. */
export interface TpmFault {
  readonly ver?: string
  readonly magic?: string
  readonly type?: string
  /** Replaces the data that is signed. */
  readonly signedData?: Uint8Array
  /** Replaces the public area whose name is certified. */
  readonly namedArea?: Uint8Array
  /** The public area of another key. */
  readonly publicArea?: Uint8Array
  readonly tamperedSignature?: boolean
}

export interface AttestationKeyFault {
  readonly subject?: string
  readonly manufacturer?: string
  readonly usage?: string
  readonly withoutAlternativeName?: boolean
}

/** The certificate of the attestation key of a TPM (WebAuthn Level 3 §8.3.1), with a fictitious manufacturer. */
export function createAttestationKey(root: CertifiedKey, fault: AttestationKeyFault = {}): Promise<CertifiedKey> {
  const { subject = '', manufacturer = 'id:FFFFF1D0', usage = '2.23.133.8.3', withoutAlternativeName = false } = fault
  const name = `2.23.133.2.1=${manufacturer}, 2.23.133.2.2=Test TPM, 2.23.133.2.3=id:00010000`
  return createCertificate({
    issuer: root,
    subject,
    extensions: [
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(withoutAlternativeName
        ? []
        : [new x509.SubjectAlternativeNameExtension([{ type: 'dn', value: name }], true)]),
    ],
  })
}

/** `tpm` (WebAuthn Level 3 §8.3): the attestation key certifies the key of the passkey. */
export async function createTpm(by: CertifiedKey, fault: TpmFault = {}): Promise<Attest> {
  const key = await toNodeKey(by)
  return (created) => {
    const area = fault.publicArea ?? publicArea(created)
    const extraData = sha256(fault.signedData ?? Buffer.concat([created.authenticatorData, created.clientDataHash]))
    const certInfo = Buffer.concat([
      Buffer.from(fault.magic ?? 'ff544347', 'hex'),
      Buffer.from(fault.type ?? '8017', 'hex'),
      prefixSize(new Uint8Array()),
      prefixSize(extraData),
      // Clock, reset count, restart count and the safe flag; then the firmware version.
      Buffer.alloc(17 + 8),
      prefixSize(Buffer.concat([sha256Id, sha256(fault.namedArea ?? area)])),
      prefixSize(new Uint8Array()),
    ])
    const signature = sign('sha256', certInfo, key)
    if (fault.tamperedSignature)
      signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1)
    return {
      fmt: 'tpm',
      statement: {
        ver: fault.ver ?? '2.0',
        alg: -7,
        x5c: [certificateBytes(by)],
        sig: signature,
        certInfo: certInfo,
        pubArea: area,
      },
    }
  }
}

const sha256Id = Buffer.from('000b', 'hex')
const none = '0010'

/** TPMT_PUBLIC of the key of the passkey (TPM 2.0 Structures §12.2.4). */
export function publicArea({ key }: Pick<Attested, 'key'>): Buffer {
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
