import type { IncomingMessage } from 'node:http'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal, skipRecording } from '../audit/refusals.ts'
import type { Clock } from '../clock.ts'
import { rateLimitRejections } from '../diagnostics.ts'
import { RateLimitedError, UnavailableError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { requestContext } from '../http/request-context.ts'
import { LatestMap } from './latest-map.ts'
import { type LimitRequest, type LimitStore, latestFullAt, type StoredLimit, takeToken } from './limit-store.ts'
import { networkOf } from './network.ts'
import { type LimitName, type LimitPolicy, limitPolicies } from './policies.ts'

/**
 * Rate limits. The subject identifies the account, client or network that a limit applies to.
 *
 * @example
 * ```ts
 * const limiter: RateLimiter = {
 *   async consume(req, name, subject = req.socket.remoteAddress) {
 *     const { allowed, seconds } = await gateway.consume(`${name} ${subject}`)
 *     if (!allowed) throw new RateLimitedError('There were too many attempts.', seconds)
 *   },
 *   refund: async () => {},
 *   recordFailure: async () => {},
 *   assertNotBlocked: async () => {},
 * }
 * ```
 */
export interface RateLimiter {
  /**
   * Counts an attempt.
   *
   * @param subject - by default the network of the request
   * @throws {RateLimitedError} `rate_limited` if the limit is exceeded
   */
  consume(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /**
   * Refunds an attempt that should not count, such as a valid code. Never rejects: tokens that are not refunded are
   * restored over time.
   */
  refund(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /** Counts a failure without rejecting the request. */
  recordFailure(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
  /**
   * Rejects if this process knows that the failure limit is exceeded; does not query the store. @throws {RateLimitedError}
   * `rate_limited`
   */
  assertNotBlocked(req: IncomingMessage, name: LimitName, subject?: string): Promise<void>
}

/** Maximum number of networks to remember, a few megabytes. */
const maxNetworks = 20_000
/** Milliseconds between audit events of a subject that continues after a rejection. */
const auditInterval = 60_000

export const noLimits: RateLimiter = {
  consume: async () => {},
  refund: async () => {},
  recordFailure: async () => {},
  assertNotBlocked: async () => {},
}

/** The subject for a client at the IP address of the request. */
export function clientSubject(req: IncomingMessage, clientId: string): string {
  return `${clientId} ${networkOfRequest(req) ?? ''}`
}

export function createLimiter({
  store,
  audit,
  clock,
  onError,
}: {
  readonly store: LimitStore
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown, requestId: string) => void
}): RateLimiter {
  const refusedUntil = new LatestMap<number>(maxNetworks)
  const auditedAt = new LatestMap<number>(maxNetworks)
  const localBuckets = new LatestMap<StoredLimit>(maxNetworks)

  const createRefusal = async (
    req: IncomingMessage,
    name: LimitName,
    { key, until }: { key: string; until: number },
  ) => {
    if (rateLimitRejections.hasSubscribers) rateLimitRejections.publish({ limit: name })
    const now = clock.now()
    const error = new RateLimitedError('There were too many attempts.', Math.max(1, Math.ceil((until - now) / 1000)))
    if (Math.abs(now - (auditedAt.get(key) ?? Number.NEGATIVE_INFINITY)) < auditInterval) skipRecording(error)
    else {
      auditedAt.set(key, now)
      const event = { event: 'request_refused', endpoint: name, code: error.code, reason: error.message } as const
      await recordRefusal(audit, { error, event, origin: requestContext(req) })
    }
    return error
  }

  /** Until when this process rejects without a store query; at most until the bucket is full again. */
  const findCachedRefusal = (key: string, policy: LimitPolicy, now: number): number | undefined => {
    const until = refusedUntil.get(key)
    return until !== undefined && until > now && until <= latestFullAt({ ...policy, now }) ? until : undefined
  }

  const consumeToken = async (
    req: IncomingMessage,
    policy: LimitPolicy,
    request: LimitRequest,
  ): Promise<StoredLimit> => {
    if (policy.scope === 'process') {
      const bucket = takeToken(request, localBuckets.get(request.key) ?? { expiresAt: 0 })
      localBuckets.set(request.key, bucket)
      return bucket
    }
    try {
      return await store.consume(request)
    } catch (error) {
      // A guess that cannot be counted is rejected with the database error.
      if (error instanceof UnavailableError && policy.onStoreError === 'refuse') throw error
      onError(error, requestContext(req).requestId)
      const { key, now, burst, interval } = request
      // Rejected for one interval.
      return policy.onStoreError === 'allow'
        ? { key, admitted: true, expiresAt: now }
        : { key, admitted: false, expiresAt: now + burst * interval }
    }
  }

  /** When the next attempt is allowed, if none is allowed now. */
  const countAttempt = async (req: IncomingMessage, name: LimitName, key: string): Promise<number | undefined> => {
    const policy: LimitPolicy = limitPolicies[name]
    const now = clock.now()
    const cachedUntil = findCachedRefusal(key, policy, now)
    if (cachedUntil !== undefined) return cachedUntil
    const { burst, interval } = policy
    const { admitted, expiresAt } = await consumeToken(req, policy, { key, burst, interval, now })
    const until = expiresAt - (burst - 1) * interval
    // Also set by the attempt that consumed the last token.
    if (until > now) refusedUntil.set(key, until)
    return admitted ? undefined : until
  }

  return {
    async consume(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key === undefined) return
      const until = await countAttempt(req, name, key)
      if (until !== undefined) throw await createRefusal(req, name, { key, until })
    },

    async refund(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key === undefined) return
      refusedUntil.delete(key)
      await store
        .refund(key, limitPolicies[name].interval)
        .catch((error: unknown) => onError(error, requestContext(req).requestId))
    },

    async recordFailure(req, name, subject) {
      const key = keyOf(req, name, subject)
      if (key !== undefined) await countAttempt(req, name, key)
    },

    async assertNotBlocked(req, name, subject) {
      const key = keyOf(req, name, subject)
      const until = key === undefined ? undefined : findCachedRefusal(key, limitPolicies[name], clock.now())
      if (key !== undefined && until !== undefined) throw await createRefusal(req, name, { key, until })
    },
  }
}

/**
 * `undefined` if the address is unknown and the policy allows attempts that cannot be counted: otherwise all clients without an
 * address would share one limit.
 */
function keyOf(req: IncomingMessage, name: LimitName, subject = networkOfRequest(req)): string | undefined {
  if (subject === undefined && limitPolicies[name].onStoreError === 'allow') return undefined
  return sha256(`${name} ${subject ?? ''}`)
}

function networkOfRequest(req: IncomingMessage): string | undefined {
  const { ipAddress } = requestContext(req)
  return ipAddress === null ? undefined : networkOf(ipAddress)
}
