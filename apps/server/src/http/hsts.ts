import { isIP } from 'node:net'

/**
 * The value of `Strict-Transport-Security` for an origin (RFC 6797), `undefined` if it would do harm: browsers apply it to every
 * port of the host, so only the origin on the default port may send it.
 *
 * @param maxAge - seconds; 0 disables the header
 */
export function strictTransportSecurity(origin: string, maxAge: number): string | undefined {
  const { protocol, hostname, port } = new URL(origin)
  if (maxAge === 0 || protocol !== 'https:' || port !== '' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    return undefined
  return `max-age=${maxAge}`
}
