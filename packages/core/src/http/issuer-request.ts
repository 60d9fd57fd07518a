import type { IncomingMessage } from 'node:http'

/**
 * oidc-provider builds URLs from the request target, host and protocol, so these are replaced by the values of the
 * issuer. Create the request context first, because it needs the original values.
 */
export function rewriteToIssuer(req: IncomingMessage, issuer: Pick<URL, 'host' | 'protocol'>): void {
  delete req.headers.forwarded
  req.headers.host = issuer.host
  req.headers['x-forwarded-host'] = issuer.host
  req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
  req.url = toOriginForm(req.url ?? '/') ?? '/'
}

/**
 * The path and query of a request target, which may include a host (absolute-form, RFC 9112 §3.2.2); `undefined` for
 * any other form.
 */
export function toOriginForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  const url = URL.parse(target)
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? `${url.pathname}${url.search}` : undefined
}
