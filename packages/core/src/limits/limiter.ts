import type { IncomingMessage } from 'node:http'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal, skipRecording } from '../audit/refusals.ts'
import type { Clock } from '../clock.ts'
import { RateLimited, Unavailable } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { requestContext } from '../http/request-context.ts'
import { LatestMap } from './latest-map.ts'
import { type LimitRequest, type LimitStore, latestFullAt, type StoredLimit, take } from './limit-store.ts'
import { networkOf } from './network.ts'
import { type LimitName, type LimitPolicy, limitPolicies } from './policies.ts'

/**
 * Keeps people and programs from trying something too often. A subject is whom a limit is kept for.
 *
 * @example
 * ```ts
 * const limiter: Limiter = {
 *   async take(req, name, subject = req.socket.remoteAddress) {
 *     const { allowed, seconds } = await gateway.take(`${name} ${subject}`)
 *     if (!allowed) throw new RateLimited('There were too many tries.', seconds)
 *   },
 *   giveBack: async () => {},
 *   note: async () => {},
 *   check: async () => {},
 * }
 * ```
 */
export interface Limiter {
  /**
   * Counts one try.
   *
   * @param subject - by default the network that the request comes from
   * @throws {RateLimited} `rate_limited` where there were too many
   */
  take(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /** Takes a try back that was none, such as a right code. Never fails: what is not given back comes back by time. */
  giveBack(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /** Counts a failure, which itself is answered as it is. */
  note(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /** Refuses where this process knows that there were too many failures; asks nobody. @throws {RateLimited} `rate_limited` */
  check(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
}

export interface LimiterPorts {
  readonly store: LimitStore
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown, requestId: string) => void
}

/** As many networks as are kept in mind, some megabytes. */
const most = 20_000
/** Whoever goes on after a refusal is not written down again so soon. */
const auditInterval = 60_000

/** Lets everything pass. */
export const noLimits: Limiter = {
  take: async () => {},
  giveBack: async () => {},
  note: async () => {},
  check: async () => {},
}

/** The subject of a client at the address of the request. */
export function clientHere(req: IncomingMessage, clientId: string): string {
  return `${clientId} ${hereOf(req) ?? ''}`
}

export function createLimiter({ store, audit, clock, onError }: LimiterPorts): Limiter {
  const refusedUntil = new LatestMap<number>(most)
  const audited = new LatestMap<number>(most)
  const own = new LatestMap<StoredLimit>(most)

  const refuse = async (req: IncomingMessage, name: LimitName, { key, until }: { key: string; until: number }) => {
    const now = clock.now()
    const error = new RateLimited('There were too many tries.', Math.max(1, Math.ceil((until - now) / 1000)))
    if (Math.abs(now - (audited.get(key) ?? Number.NEGATIVE_INFINITY)) < auditInterval) skipRecording(error)
    else {
      audited.set(key, now)
      const event = { event: 'request_refused', endpoint: name, code: error.code, reason: error.message } as const
      await recordRefusal(audit, { error, event, origin: requestContext(req) })
    }
    return error
  }

  /** Until when this process refuses without asking the store; not for longer than any bucket takes to fill. */
  const knownRefusal = (key: string, policy: LimitPolicy, now: number): number | undefined => {
    const until = refusedUntil.get(key)
    return until !== undefined && until > now && until <= latestFullAt({ ...policy, now }) ? until : undefined
  }

  const counted = async (req: IncomingMessage, policy: LimitPolicy, request: LimitRequest): Promise<StoredLimit> => {
    if (policy.counted === 'by-process') {
      const bucket = take(request, own.get(request.key) ?? { expiresAt: 0 })
      own.set(request.key, bucket)
      return bucket
    }
    try {
      return await store.take(request)
    } catch (error) {
      // A guess that cannot be counted is not let in, and whoever made it is told whose fault that is.
      if (error instanceof Unavailable && policy.uncounted === 'refuse') throw error
      onError(error, requestContext(req).requestId)
      const { key, now, burst, interval } = request
      // Refused for one interval.
      return policy.uncounted === 'admit'
        ? { key, admitted: true, expiresAt: now }
        : { key, admitted: false, expiresAt: now + burst * interval }
    }
  }

  /** When there is one more, if there is none now. */
  const tried = async (req: IncomingMessage, name: LimitName, key: string): Promise<number | undefined> => {
    const policy: LimitPolicy = limitPolicies[name]
    const now = clock.now()
    const known = knownRefusal(key, policy, now)
    if (known !== undefined) return known
    const { burst, interval } = policy
    const { admitted, expiresAt } = await counted(req, policy, { key, burst, interval, now })
    const until = expiresAt - (burst - 1) * interval
    // Also by the one who has taken the last.
    if (until > now) refusedUntil.set(key, until)
    return admitted ? undefined : until
  }

  return {
    async take(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key === undefined) return
      const until = await tried(req, name, key)
      if (until !== undefined) throw await refuse(req, name, { key, until })
    },

    async giveBack(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key === undefined) return
      refusedUntil.delete(key)
      await store
        .giveBack(key, limitPolicies[name].interval)
        .catch((error: unknown) => onError(error, requestContext(req).requestId))
    },

    async note(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key !== undefined) await tried(req, name, key)
    },

    async check(req, name, subject) {
      const key = keyOf(req, name, subject)
      const until = key === undefined ? undefined : knownRefusal(key, limitPolicies[name], clock.now())
      if (key !== undefined && until !== undefined) throw await refuse(req, name, { key, until })
    },
  }
}

/** `undefined` where nobody knows who asks, and it is no guess: all who come through a socket without addresses would share it. */
function keyOf(req: IncomingMessage, name: LimitName, subject = hereOf(req)): string | undefined {
  if (subject === undefined && limitPolicies[name].uncounted === 'admit') return undefined
  return sha256(`${name} ${subject ?? ''}`)
}

function hereOf(req: IncomingMessage): string | undefined {
  const { ipAddress } = requestContext(req)
  return ipAddress === null ? undefined : networkOf(ipAddress)
}
