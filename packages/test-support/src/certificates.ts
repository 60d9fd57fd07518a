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
const day = 86_400_000

type Keys = Awaited<ReturnType<typeof makeKeys>>

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

/** Creates a self-signed certificate. */
export async function selfSigned(options: CertificateOptions): Promise<TestCertificate> {
  const keys = await makeKeys()
  return { key: await pem(keys), cert: await create(options.hosts[0] ?? '', keys, keys, names(options), options) }
}

export async function createAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await makeKeys()
  const cert = await create(name, keys, keys, [new BasicConstraintsExtension(true, 0, true)])
  return {
    cert,
    async issue(options) {
      const own = await makeKeys()
      const signed = await create(options.hosts[0] ?? '', own, keys, names(options), { ...options, issuer: name })
      return { key: await pem(own), cert: signed }
    },
  }
}

function makeKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function create(
  subject: string,
  { publicKey }: Keys,
  { privateKey }: Keys,
  extensions: Extension[],
  options: Partial<CertificateOptions> & { readonly issuer?: string } = {},
): Promise<string> {
  const { notAfter = Date.now() + day, issuer = subject } = options
  const { notBefore = Math.min(Date.now(), notAfter) - day } = options
  const wanted = {
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
  const made = await X509CertificateGenerator.create(wanted as unknown as X509CertificateCreateParams)
  return made.toString('pem')
}

function names({ hosts }: CertificateOptions): Extension[] {
  return [
    new SubjectAlternativeNameExtension(
      hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
    ),
  ]
}

async function pem({ privateKey }: Keys): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`
}
