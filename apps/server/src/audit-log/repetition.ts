import { createHash } from 'node:crypto'
import type { AuditEvent, RequestOrigin } from '@pocket/core'
import { networkOf } from '@pocket/core/internal'

/** Events that an unauthenticated sender can cause in any number. */
const refusals: ReadonlySet<AuditEvent['event']> = new Set([
  'sign_in_failed',
  'passkey_refused',
  'authorization_refused',
  'token_refused',
  'request_refused',
])

/** Fields that identify a rejection. Reasons are excluded because they can contain data from the request. */
const identifyingFields = ['accountId', 'clientId', 'code', 'endpoint', 'method'] as const

const windowLength = 60 * 60_000

/**
 * Returns the same key for equal rejections from one network within an hour, so that a flood adds one row instead of filling
 * the disk; `null` for all other events. IPv6 addresses are grouped by network because one household has 2^64 of them.
 */
export function repetitionKey(event: AuditEvent, { ipAddress }: RequestOrigin, now: number): string | null {
  if (!refusals.has(event.event)) return null
  const fields = new Map<string, unknown>(Object.entries(event))
  const parts = [
    event.event,
    Math.floor(now / windowLength),
    ipAddress && networkOf(ipAddress),
    ...identifyingFields.map((name) => fields.get(name)),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
