import type { Change } from '@pocket/core'
import { deviceOf } from '../http/device.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditChange, AuditLine, Subject } from './page-model.ts'

/** Names of groups and APIs that entries reference by ID, and page URLs of users and clients. */
export interface KnownSubjects {
  readonly groups: ReadonlyMap<string, string>
  readonly apis: ReadonlyMap<string, string>
  /** URL of the page of a user or client; `null` if there is none. */
  readonly user: (id: string) => string | null
  readonly client: (id: string) => string | null
}

/** For users who may see only their own entries. */
export const noKnownSubjects: KnownSubjects = {
  groups: new Map(),
  apis: new Map(),
  user: () => null,
  client: () => null,
}

/** Data fields that the sentence or the line already shows. */
const said = new Set(['clientName', 'passkeyName', 'actorUsername', 'actorUserID', 'code', 'method', 'deviceAddress'])
const groupsAt = '/settings/admin/user-groups'

/** Converts an entry for the affected user or for an administrator. */
export function auditLine(entry: AuditEntry, voice: 'own' | 'all', known: KnownSubjects): AuditLine {
  const { id, event, createdAt, lastAt, occurrences, ipAddress, userAgent, country, city, data, changes } = entry
  return {
    id,
    event,
    keys: keysOf(entry, voice),
    subjects: subjectsOf(entry, known),
    at: createdAt,
    occurrences,
    lastAt,
    device: deviceOf(userAgent),
    ipAddress,
    place: { country: country ?? '', city: city ?? '' },
    code: data.code ?? null,
    isRefusal: /_(FAILED|REFUSED|DENIED|REGRESSED)$/.test(event),
    changes: Object.entries(changes ?? {}).map(([field, change]) => changeOf(field, change)),
    details: voice === 'own' ? [] : detailsOf(entry),
  }
}

/** Catalogue keys of the sentence, most specific first; the last one always exists. */
function keysOf({ event, accountId, actorId, data }: AuditEntry, voice: 'own' | 'all'): readonly string[] {
  const name = event === 'SIGN_IN' && data.method !== undefined && data.method !== 'passkey' ? 'SIGN_UP_SIGN_IN' : event
  const ways = [
    ...(voice === 'own' ? [...(actorId === null ? [] : ['ownBy']), 'own'] : []),
    ...(actorId === null ? [] : ['allBy']),
    ...(accountId === null ? ['none'] : []),
    'all',
    'none',
  ]
  return ways.map((way) => `${name}.${way}`)
}

function subjectsOf(entry: AuditEntry, known: KnownSubjects): Readonly<Record<string, Subject>> {
  const { accountId, accountName, actorId, actorName, clientId, clientName, data } = entry
  const named = (name: string | null | undefined, href: string | null = null): Subject => ({ name: name ?? null, href })
  // Built-in actors are not in the directory and have no page.
  const userAt = (id: string | null) =>
    id === null || id.startsWith('00000000-0000-0000-0000-') ? null : known.user(id)
  const group = data.groupId === undefined ? undefined : known.groups.get(data.groupId)
  const api = data.apiId === undefined ? undefined : known.apis.get(data.apiId)
  return {
    account: named(accountName, userAt(accountId)),
    actor: named(actorName, userAt(actorId)),
    client: named(clientName, clientId === null ? null : known.client(clientId)),
    passkey: named(data.passkeyName),
    group: named(group ?? nameIn(entry), group === undefined ? null : `${groupsAt}/${data.groupId}`),
    api: named(api ?? nameIn(entry)),
    apiKey: named(nameIn(entry)),
    job: named(data.job),
    count: named(data.count ?? '–'),
    reason: named(data.reason ?? '–'),
  }
}

/** The name of an object that was created, deleted or renamed. */
function nameIn({ changes }: AuditEntry): string | null {
  const change = changes?.friendlyName ?? changes?.name
  const name = change?.after ?? change?.before
  return typeof name === 'string' ? name : null
}

function changeOf(field: string, { before, after }: Change): AuditChange {
  return { field, before: written(before), after: written(after) }
}

function written(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function detailsOf({ event, data, requestId, userAgent }: AuditEntry): AuditLine['details'] {
  return [
    { name: 'event', value: event },
    ...Object.entries(data)
      .filter(([name]) => !said.has(name))
      .map(([name, value]) => ({ name, value })),
    ...(userAgent === null ? [] : [{ name: 'userAgent', value: userAgent }]),
    ...(requestId === null ? [] : [{ name: 'requestID', value: requestId }]),
  ]
}
