import type { AuditEvent, Changes, RequestOrigin } from '@pocket/core'
import type { Location } from '../geoip/location.ts'
import type { AuditEntry } from './audit-entry.ts'
import { eventName } from './event-name.ts'
import { searchKey } from './search-key.ts'

export interface Subjects {
  readonly accountId: string | null
  readonly actorId: string | null
  readonly clientId: string | null
  readonly passkeyId: string | null
}

export interface Names {
  readonly accountName: string | null
  readonly actorName: string | null
  readonly clientName: string | null
  readonly passkeyName: string | null
}

export type EntryContent = Omit<AuditEntry, 'id' | 'createdAt' | 'occurrences' | 'lastAt' | 'last' | 'repetition'>

export interface EntrySource {
  readonly event: AuditEvent
  readonly origin: RequestOrigin
  readonly subjects: Subjects
  readonly names: Names
  readonly location: Location
}

/** Reasons and lists of IDs can have any length; the server log contains them in full. */
const maxTextLength = 1000

/** If the event names no other account, the actor is the affected account. */
export function subjectsOf(event: AuditEvent): Subjects {
  const actorId = 'by' in event ? (event.by ?? null) : null
  const accountId = ('accountId' in event ? event.accountId : undefined) ?? actorId
  return {
    accountId,
    actorId: actorId === accountId ? null : actorId,
    clientId: 'clientId' in event ? (event.clientId ?? null) : null,
    passkeyId: 'passkeyId' in event ? (event.passkeyId ?? null) : null,
  }
}

/** An entry without its ID, its time and the fields derived from them. */
export function entryOf({ event, origin, subjects, names, location }: EntrySource): EntryContent {
  const { accountId, actorId, clientId } = subjects
  const { accountName, actorName, clientName, passkeyName } = names
  const entry = {
    event: eventName(event),
    accountId,
    accountName,
    actorId,
    actorName,
    clientId,
    clientName,
    ipAddress: origin.ipAddress,
    userAgent: origin.userAgent && toStorableText(origin.userAgent),
    country: location.country,
    city: location.city,
    requestId: origin.requestId,
    data: {
      ...detailsOf(event),
      ...(clientName !== null && { clientName }),
      ...(passkeyName !== null && { passkeyName }),
      ...(actorId !== null && { actorUserID: actorId }),
      ...(actorName !== null && { actorUsername: actorName }),
    },
    changes: event.changes === undefined ? null : storableChanges(event.changes),
  }
  return { ...entry, searched: searchKey(entry) }
}

/** All event fields without a column of their own; events contain no secrets. */
function detailsOf(event: AuditEvent): Readonly<Record<string, string>> {
  const { event: _event, changes: _changes, ...details } = event
  const fields = Object.entries(details).filter(([name]) => !['accountId', 'by', 'isFirst'].includes(name))
  return Object.fromEntries(
    fields.flatMap(([name, value]) => {
      if (value === undefined) return []
      // Pocket ID formats this value in hexadecimal.
      return name === 'credentialId'
        ? [['credentialID', Buffer.from(String(value), 'base64url').toString('hex')]]
        : [[name, toText(value)]]
    }),
  )
}

function toText(value: string | boolean | readonly string[]): string {
  const text = toStorableText(typeof value === 'object' ? value.join(', ') : String(value))
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1).toWellFormed()}…` : text
}

/** Truncates the JSON of a large value. */
function storableChanges(changes: Changes): Changes {
  const truncateValue = (value: unknown) => {
    const json = toStorableText(JSON.stringify(value))
    return json.length > maxTextLength * 4 ? toText(json) : JSON.parse(json)
  }
  return Object.fromEntries(
    Object.entries(changes).map(([name, { before, after }]) => [
      name,
      { before: truncateValue(before), after: truncateValue(after) },
    ]),
  )
}

/** Characters that one of the databases rejects must not fail the request. */
function toStorableText(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}
