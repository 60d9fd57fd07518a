import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { TLSSocket } from 'node:tls'
import { parseJsonObject } from '@pocket/core/internal'

/** The certificate of a server, in milliseconds since the Unix epoch, and its host. */
export interface CertificateDates {
  readonly host: string
  readonly startsAt: number
  readonly endsAt: number
}

export interface FetchedDocument {
  /** `null` without TLS. */
  readonly certificate: (CertificateDates & { readonly isTrusted: boolean }) | null
  /** The JSON object of a response with status 200; `undefined` if the response is anything else, or if the certificate is not trusted. */
  readonly json: Readonly<Record<string, unknown>> | undefined
}

const maxBytes = 256 * 1024

/** Reads a certificate even if it is not trusted; then it reads no response. @throws if the connection fails or the signal is aborted */
export async function getDocument(
  url: string,
  signal: AbortSignal,
  ownHeaders: Readonly<Record<string, string>> = {},
): Promise<FetchedDocument> {
  const { protocol, hostname: host } = new URL(url)
  const isSecure = protocol === 'https:'
  const headers = { accept: 'application/json', 'user-agent': 'pocket', ...ownHeaders }
  const request = isSecure
    ? requestHttps(url, { agent: false, headers, signal, rejectUnauthorized: false })
    : requestHttp(url, { agent: false, headers, signal })
  const responded = once(request, 'response')
  // It also rejects if the connection fails.
  responded.catch(() => {})
  try {
    const [socket] = await once(request, 'socket')
    let certificate: FetchedDocument['certificate'] = null
    if (socket instanceof TLSSocket) {
      await once(socket, 'secureConnect', { signal })
      const { validFrom = '', validTo = '' } = socket.getPeerX509Certificate() ?? {}
      certificate = { host, startsAt: Date.parse(validFrom), endsAt: Date.parse(validTo), isTrusted: socket.authorized }
      if (!certificate.isTrusted) return { certificate, json: undefined }
    }
    request.end()
    const [response] = await responded
    return { certificate, json: response.statusCode === 200 ? parseJsonObject(await readText(response)) : undefined }
  } finally {
    request.on('error', () => {})
    request.destroy()
  }
}

async function readText(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > maxBytes) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
