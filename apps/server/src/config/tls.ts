import { createPrivateKey, X509Certificate } from 'node:crypto'
import { messageOf } from '../logging/failure.ts'
import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const cert: Variable<Buffer> = {
  name: 'TLS_CERT',
  type: 'PEM',
  default: 'none',
  secret: true,
  description:
    'The certificate for HTTPS, with its intermediate certificates. TLS 1.3 is required. `TLS_CERT_FILE` names its file, which is read again when it changes.',
  parse: parseWith('a certificate', (pem) => new X509Certificate(pem)),
}

const key: Variable<Buffer> = {
  name: 'TLS_KEY',
  type: 'PEM',
  default: 'none',
  secret: true,
  description:
    'The private key of the certificate. `TLS_KEY_FILE` names its file, which is read again when it changes.',
  parse: parseWith('a private key', (pem) => createPrivateKey(pem)),
}

export const tlsSection = { title: 'TLS', variables: { cert, key } } satisfies Section

export interface TlsConfig {
  readonly cert: Buffer
  readonly key: Buffer
  /** The files that are read again when they change. */
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
}

/** `undefined`: a proxy terminates TLS, or there is none. */
export function readTls(reader: Reader): { readonly tls: TlsConfig | undefined } {
  for (const [one, other] of [
    [cert, key],
    [key, cert],
  ] as const)
    if (reader.isSet(one) && !reader.isSet(other))
      reader.problems.push({
        variable: other.name,
        reason: `it is not set, and ${one.name} is`,
        remedy: `Set ${other.name} or ${other.name}_FILE, or remove ${one.name}.`,
      })
  const [certificate, privateKey] = [reader.read(cert), reader.read(key)]
  if (!certificate || !privateKey) return { tls: undefined }
  const [certFile, keyFile] = [reader.fileOf(cert), reader.fileOf(key)]
  if ((certFile === undefined) !== (keyFile === undefined))
    reader.problems.push({
      variable: cert.name,
      reason: 'one of the certificate and its key is a file, the other is not',
      remedy: 'Set TLS_CERT_FILE and TLS_KEY_FILE, or TLS_CERT and TLS_KEY.',
    })
  reader.attempt(key.name, () => {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey)))
      throw new InvalidValueError('it is not the key of TLS_CERT', 'Set the key of this certificate.')
  })
  return { tls: { cert: certificate, key: privateKey, certFile, keyFile } }
}

function parseWith(name: string, parse: (pem: Buffer) => unknown) {
  return ({ bytes }: RawValue): Buffer => {
    try {
      parse(bytes)
      return bytes
    } catch (error) {
      throw new InvalidValueError(`it is not ${name} (${messageOf(error)})`, 'Write it in the PEM format.')
    }
  }
}
