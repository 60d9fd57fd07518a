import { createHash, randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock, RequestOrigin } from '@pocket/core'
import { networkOf, noOrigin } from '@pocket/core/internal'
import type { ChangeOrigin } from '../access/actor.ts'
import type { Location } from '../geoip/location.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLogStore } from './audit-log-store.ts'
import { entryOf, type Names, type Subjects, subjectsOf } from './entry-of-event.ts'
import type { AuditOutbox } from './forwarding.ts'

/** Current names of users, clients and passkeys; missing or `null` if the ID is unknown. */
export interface CurrentNames {
  accounts(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  client(id: string): Promise<string | null>
  passkey(accountId: string, id: string): Promise<string | null>
}

export interface AuditLogDeps {
  readonly store: Pick<AuditLogStore, 'append' | 'lastAccountName' | 'lastClientName'>
  readonly names: CurrentNames
  /** Also receives every event, before it is stored, so that events are kept if storing fails. */
  readonly log: AuditSink
  readonly locationOf: (ipAddress: string | null) => Location
  readonly clock: Clock
  /** Absent if no destination is configured. */
  readonly outbox?: AuditOutbox | undefined
}

/** Writes events to the table within the caller's transaction. A failed write fails the request. */
export function createAuditLog({ store, names, log, locationOf, clock, outbox }: AuditLogDeps): AuditSink {
  const clientName = async (id: string | null) =>
    id === null ? null : ((await names.client(id)) ?? (await store.lastClientName(id)))

  const findNames = async (subjects: Subjects, known: ReadonlyMap<string, string> = new Map()): Promise<Names> => {
    const { accountId, actorId, clientId, passkeyId } = subjects
    const unknownIds = [accountId, actorId].filter((id) => id !== null).filter((id) => !known.has(id))
    const accountNames = new Map([...(await names.accounts(unknownIds)), ...known])
    const accountName = async (id: string | null) =>
      id === null ? null : (accountNames.get(id) ?? (await store.lastAccountName(id)))
    return {
      accountName: await accountName(accountId),
      actorName: await accountName(actorId),
      clientName: await clientName(clientId),
      passkeyName: accountId === null || passkeyId === null ? null : await names.passkey(accountId, passkeyId),
    }
  }

  return {
    async record(event, { accountNames, ...origin }: ChangeOrigin) {
      await log.record(event, origin)
      const subjects = subjectsOf(event)
      const location = locationOf(origin.ipAddress)
      const entry = entryOf({ event, origin, subjects, names: await findNames(subjects, accountNames), location })
      const now = clock.now()
      const repetition = repetitionKey(event, origin, now)
      const firstOccurrence = { occurrences: 1, lastAt: now, last: null, repetition }
      const stored = { id: randomUUID(), createdAt: now, ...entry, ...firstOccurrence }
      await store.append(stored)
      await outbox?.add(stored)
    },
  }
}

/** An event with the names of its subjects, which bulk callers already know. */
export interface NamedEvent {
  readonly event: AuditEvent
  readonly names: Names
}

/** Writes many events without repetition keys in one statement. */
export type RecordMany = (events: readonly NamedEvent[]) => Promise<void>

/** Like {@link createAuditLog}, for events that the server itself causes. */
export function createBulkAuditLog(
  store: Pick<AuditLogStore, 'appendAll'>,
  { log, locationOf, clock, outbox }: Omit<AuditLogDeps, 'store' | 'names'>,
): RecordMany {
  return async (events) => {
    const now = clock.now()
    const location = locationOf(null)
    const entries = events.map(({ event, names }): AuditEntry => {
      const entry = entryOf({ event, origin: noOrigin, subjects: subjectsOf(event), names, location })
      return { id: randomUUID(), createdAt: now, ...entry, occurrences: 1, lastAt: now, last: null, repetition: null }
    })
    for (const { event } of events) await log.record(event, noOrigin)
    await store.appendAll(entries)
    await outbox?.addAll(entries)
  }
}

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
function repetitionKey(event: AuditEvent, { ipAddress }: RequestOrigin, now: number): string | null {
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
