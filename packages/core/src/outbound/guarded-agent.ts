import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { type AllowedHosts, isPublicAddress } from './addresses.ts'
import { OutboundError } from './outbound-error.ts'

export interface GuardedAgentOptions {
  readonly allowed: AllowedHosts
  /** Public address ranges that are used for the local network. */
  readonly local: Pick<AllowedHosts, 'hasAddress'>
  /** Milliseconds to establish a connection. */
  readonly timeout: number
}

/**
 * Connects only to public and explicitly allowed addresses. It connects to the same address that was checked, which
 * prevents DNS rebinding.
 */
export function guardedAgent({ allowed, local, timeout }: GuardedAgentOptions): Agent {
  const isReachable = (address: string) =>
    allowed.hasAddress(address) || (isPublicAddress(address) && !local.hasAddress(address))
  const connect = buildConnector({ lookup: guardedLookup(allowed, isReachable), timeout })
  return new Agent({
    connect(options, callback) {
      // An IP address is not resolved, so the lookup check would not see it.
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !isReachable(host)) return callback(notPublicError(host), null)
      connect(options, callback)
    },
    // A kept-alive connection could outlive a change of the allowed hosts.
    keepAliveTimeout: 1,
    pipelining: 0,
  })
}

function guardedLookup(allowed: AllowedHosts, isReachable: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, resolved) => {
      if (error) return callback(error, '', 0)
      const addresses = allowed.hasName(hostname) ? resolved : resolved.filter(({ address }) => isReachable(address))
      const [first] = addresses
      if (first === undefined) return callback(notPublicError(hostname), '', 0)
      if (options.all) return callback(null, [...addresses] satisfies LookupAddress[])
      callback(null, first.address, first.family)
    })
  }
}

function notPublicError(host: string): OutboundError {
  return new OutboundError('not_public', `${host} is not on the public internet.`)
}
