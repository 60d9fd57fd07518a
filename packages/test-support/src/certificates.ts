import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  type X509CertificateCreateParams,
  X509CertificateGenerator,
} from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000

type KeyPair = Awaited<ReturnType<typeof generateKeys>>

/** A certificate and its private key, both PEM. */
export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

/** The host names or IP addresses of a certificate, and its validity. */
export interface CertificateOptions {
  readonly hosts: readonly string[]
  /** Milliseconds since the Unix epoch. Default: yesterday. */
  readonly notBefore?: number
  /** Milliseconds since the Unix epoch. Default: tomorrow. */
  readonly notAfter?: number
}

/** A CA that is trusted only when configured. */
export interface TestAuthority {
  /** Its own certificate, PEM. */
  readonly cert: string
  issue(options: CertificateOptions): Promise<TestCertificate>
}

export async function selfSigned(options: CertificateOptions): Promise<TestCertificate> {
  const keys = await generateKeys()
  return {
    key: await exportPrivateKey(keys),
    cert: await createCertificate(options.hosts[0] ?? '', keys, keys, subjectAlternativeNames(options), options),
  }
}

export async function createAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await generateKeys()
  const cert = await createCertificate(name, keys, keys, [new BasicConstraintsExtension(true, 0, true)])
  return {
    cert,
    async issue(options) {
      const certificateKeys = await generateKeys()
      const certificate = await createCertificate(
        options.hosts[0] ?? '',
        certificateKeys,
        keys,
        subjectAlternativeNames(options),
        { ...options, issuer: name },
      )
      return { key: await exportPrivateKey(certificateKeys), cert: certificate }
    },
  }
}

function generateKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function createCertificate(
  subject: string,
  { publicKey }: KeyPair,
  { privateKey }: KeyPair,
  extensions: Extension[],
  options: Partial<CertificateOptions> & { readonly issuer?: string } = {},
): Promise<string> {
  const { notAfter = Date.now() + dayMs, issuer = subject } = options
  const { notBefore = Math.min(Date.now(), notAfter) - dayMs } = options
  const parameters = {
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: `CN=${subject}`,
    issuer: `CN=${issuer}`,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey,
    signingKey: privateKey,
    signingAlgorithm: algorithm,
    extensions,
  }
  // The same classes, with different type declarations in Node and the library.
  const certificate = await X509CertificateGenerator.create(parameters as unknown as X509CertificateCreateParams)
  return certificate.toString('pem')
}

function subjectAlternativeNames({ hosts }: CertificateOptions): Extension[] {
  return [
    new SubjectAlternativeNameExtension(
      hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
    ),
  ]
}

async function exportPrivateKey({ privateKey }: KeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`
}
