import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { AuditEvent, RequestOrigin } from '@pocket/core'

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
  const parts = [event.event, Math.floor(now / window), networkOf(ipAddress), ...telling.map((name) => said.get(name))]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** The first 64 bits of an address of IPv6, any other address as it is. */
function networkOf(address: string | null): string | null {
  if (address === null || !isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const gap = tail === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0)
  const groups = [...(first ?? []), ...Array<string>(Math.max(0, gap)).fill('0'), ...(last ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
