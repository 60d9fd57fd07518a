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
const summaryFields = new Set([
  'clientName',
  'passkeyName',
  'actorUsername',
  'actorUserID',
  'code',
  'method',
  'deviceAddress',
])
const groupsPath = '/settings/admin/user-groups'

/** Converts an entry for the affected user or for an administrator. */
export function auditLine(entry: AuditEntry, perspective: 'own' | 'all', knownSubjects: KnownSubjects): AuditLine {
  const { id, event, createdAt, lastAt, occurrences, ipAddress, userAgent, country, city, data, changes } = entry
  return {
    id,
    event,
    keys: keysOf(entry, perspective),
    subjects: subjectsOf(entry, knownSubjects),
    at: createdAt,
    occurrences,
    lastAt,
    device: deviceOf(userAgent),
    ipAddress,
    place: { country: country ?? '', city: city ?? '' },
    code: data.code ?? null,
    isRefusal: /_(FAILED|REFUSED|DENIED|REGRESSED)$/.test(event),
    changes: Object.entries(changes ?? {}).map(([field, change]) => changeOf(field, change)),
    details: perspective === 'own' ? [] : detailsOf(entry),
  }
}

/** Catalogue keys of the sentence, most specific first; the last one always exists. */
function keysOf({ event, accountId, actorId, data }: AuditEntry, perspective: 'own' | 'all'): readonly string[] {
  const name = event === 'SIGN_IN' && data.method !== undefined && data.method !== 'passkey' ? 'SIGN_UP_SIGN_IN' : event
  const variants = [
    ...(perspective === 'own' ? [...(actorId === null ? [] : ['ownBy']), 'own'] : []),
    ...(actorId === null ? [] : ['allBy']),
    ...(accountId === null ? ['none'] : []),
    'all',
    'none',
  ]
  return variants.map((variant) => `${name}.${variant}`)
}

function subjectsOf(entry: AuditEntry, knownSubjects: KnownSubjects): Readonly<Record<string, Subject>> {
  const { accountId, accountName, actorId, actorName, clientId, clientName, data } = entry
  const toSubject = (name: string | null | undefined, href: string | null = null): Subject => ({
    name: name ?? null,
    href,
  })
  // Built-in actors are not in the directory and have no page.
  const userUrl = (id: string | null) =>
    id === null || id.startsWith('00000000-0000-0000-0000-') ? null : knownSubjects.user(id)
  const group = data.groupId === undefined ? undefined : knownSubjects.groups.get(data.groupId)
  const api = data.apiId === undefined ? undefined : knownSubjects.apis.get(data.apiId)
  return {
    account: toSubject(accountName, userUrl(accountId)),
    actor: toSubject(actorName, userUrl(actorId)),
    client: toSubject(clientName, clientId === null ? null : knownSubjects.client(clientId)),
    passkey: toSubject(data.passkeyName),
    group: toSubject(group ?? changedName(entry), group === undefined ? null : `${groupsPath}/${data.groupId}`),
    api: toSubject(api ?? changedName(entry)),
    apiKey: toSubject(changedName(entry)),
    job: toSubject(data.job),
    count: toSubject(data.count ?? '–'),
    reason: toSubject(data.reason ?? '–'),
  }
}

/** The name of an object that was created, deleted or renamed. */
function changedName({ changes }: AuditEntry): string | null {
  const change = changes?.friendlyName ?? changes?.name
  const name = change?.after ?? change?.before
  return typeof name === 'string' ? name : null
}

function changeOf(field: string, { before, after }: Change): AuditChange {
  return { field, before: displayValue(before), after: displayValue(after) }
}

function displayValue(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function detailsOf({ event, data, requestId, userAgent }: AuditEntry): AuditLine['details'] {
  return [
    { name: 'event', value: event },
    ...Object.entries(data)
      .filter(([name]) => !summaryFields.has(name))
      .map(([name, value]) => ({ name, value })),
    ...(userAgent === null ? [] : [{ name: 'userAgent', value: userAgent }]),
    ...(requestId === null ? [] : [{ name: 'requestID', value: requestId }]),
  ]
}
