import type { IncomingMessage } from 'node:http'

/**
 * What must happen before the library sees a request: it builds addresses from the request's target, host and protocol, so
 * these are made to say what the issuer says, whoever sent them. Read the request's context first; it needs the originals.
 */
export function rewriteToIssuer(req: IncomingMessage, issuer: Pick<URL, 'host' | 'protocol'>): void {
  delete req.headers.forwarded
  req.headers.host = issuer.host
  req.headers['x-forwarded-host'] = issuer.host
  req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
  req.url = originForm(req.url ?? '/') ?? '/'
}

/**
 * The path and query of a request's target, which may name a host of its own (absolute-form, RFC 9112 §3.2.2); `undefined`
 * where it is neither form.
 *
 * @example
 * ```ts
 * originForm('http://id.example.com/authorize?x=1') // '/authorize?x=1'
 * ```
 */
export function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  const url = URL.parse(target)
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? `${url.pathname}${url.search}` : undefined
}
