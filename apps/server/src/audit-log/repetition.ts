import { createHash } from 'node:crypto'
import { type AuditEvent, networkOf, type RequestOrigin } from '@pocket/core'

/** What anybody can make happen without being signed in, as often as they like. */
const refusals: ReadonlySet<AuditEvent['event']> = new Set([
  'sign_in_failed',
  'passkey_refused',
  'authorization_refused',
  'token_refused',
  'request_refused',
])

/** What says which refusal it was. Reasons are not among them, since they repeat what was sent. */
const telling = ['accountId', 'clientId', 'code', 'endpoint'] as const

const window = 60 * 60_000

/**
 * The same text for one refusal of one sender within an hour, so that a flood fills a row and not the disk; `null` for
 * everything else. One household has 2^64 addresses of IPv6, so the network counts there.
 */
export function repetitionOf(event: AuditEvent, { ipAddress }: RequestOrigin, now: number): string | null {
  if (!refusals.has(event.event)) return null
  const said = new Map<string, unknown>(Object.entries(event))
  const parts = [
    event.event,
    Math.floor(now / window),
    ipAddress && networkOf(ipAddress),
    ...telling.map((name) => said.get(name)),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
