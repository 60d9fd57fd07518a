import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { type AllowedHosts, isPublicAddress } from './addresses.ts'
import { OutboundError } from './outbound-error.ts'

export interface GuardedAgentOptions {
  readonly allowed: AllowedHosts
  /** Public by their numbers, and not meant to be. */
  readonly local: Pick<AllowedHosts, 'hasAddress'>
  /** Milliseconds that a connection may take to stand. */
  readonly timeout: number
}

/**
 * Connects to public addresses only, and to those that are allowed. The address that was looked at is the one that is
 * connected to, so that a name cannot change what it stands for in between.
 */
export function guardedAgent({ allowed, local, timeout }: GuardedAgentOptions): Agent {
  const isReachable = (address: string) =>
    allowed.hasAddress(address) || (isPublicAddress(address) && !local.hasAddress(address))
  const connect = buildConnector({ lookup: guardedLookup(allowed, isReachable), timeout })
  return new Agent({
    connect(options, callback) {
      // Nobody looks an address up, so it would pass unseen.
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !isReachable(host)) return callback(notPublic(host), null)
      connect(options, callback)
    },
    // What stays open could outlive the decision of an administrator.
    keepAliveTimeout: 1,
    pipelining: 0,
  })
}

function guardedLookup(allowed: AllowedHosts, isReachable: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = allowed.hasName(hostname) ? found : found.filter(({ address }) => isReachable(address))
      const [first] = addresses
      if (first === undefined) return callback(notPublic(hostname), '', 0)
      if (options.all) return callback(null, [...addresses] satisfies LookupAddress[])
      callback(null, first.address, first.family)
    })
  }
}

function notPublic(host: string): OutboundError {
  return new OutboundError('not_public', `${host} is not on the public internet.`)
}
