import { Misconfigured } from './errors.ts'

/**
 * The issuer as a URL (OpenID Connect Discovery §3): an https origin, or an http one on localhost, where browsers offer
 * passkeys as well.
 *
 * @throws {Misconfigured} for anything else
 */
export function issuerUrl(issuer: string): URL {
  const url = URL.parse(issuer)
  if (!url || url.href !== `${url.origin}/` || !(url.protocol === 'https:' || isLocal(url)))
    throw new Misconfigured(
      `The issuer "${issuer}" must be an https origin without a path, or an http one on localhost.`,
    )
  return url
}

function isLocal({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost'))
}
