import { isIP } from 'node:net'

/**
 * The value of `Strict-Transport-Security` at an origin (RFC 6797), `undefined` where it would do harm: a browser keeps to
 * it at every port of the host, so only who is at the default port speaks for the host.
 *
 * @param maxAge - seconds; 0 is off
 */
export function strictTransportSecurity(origin: string, maxAge: number): string | undefined {
  const { protocol, hostname, port } = new URL(origin)
  if (maxAge === 0 || protocol !== 'https:' || port !== '' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    return undefined
  return `max-age=${maxAge}`
}
