import proxyAddr from 'proxy-addr'
import type { TrustProxy } from './request-context.ts'

/**
 * The function for a list of proxies: IP addresses, ranges such as `10.0.0.0/8`, and the names `loopback`, `linklocal` and
 * `uniquelocal`.
 *
 * @throws {TypeError} for any other entry
 */
export function toTrustProxy(option: TrustProxy | readonly string[] | undefined): TrustProxy | undefined {
  if (option === undefined || typeof option === 'function') return option
  if (option.includes('localhost')) throw new TypeError('invalid IP address: localhost; for this machine, use loopback')
  const isTrusted = proxyAddr.compile([...option])
  return (address) => isTrusted(address, 0)
}
