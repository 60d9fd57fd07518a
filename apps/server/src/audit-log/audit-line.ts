import { commandLineUser, configurationFileUser, ldapActor, staticUser } from '../access/built-in-actors.ts'
import { deviceOf } from '../http/device.ts'
import type { AuditEntry } from './audit-entry.ts'
import { changeView, type NameOfId } from './change-view.ts'
import type { AuditLine, Subject } from './page-model.ts'

/** Names of groups and APIs that entries reference by ID, and page URLs of users and clients. */
export interface KnownSubjects {
  readonly groups: ReadonlyMap<string, string>
  readonly apis: ReadonlyMap<string, string>
  /** URL of the page of a user or client; `null` if there is none. */
  readonly user: (id: string) => string | null
  readonly client: (id: string) => string | null
  readonly nameOfId: NameOfId
}

/** For users who may see only their own entries. */
export const noKnownSubjects: KnownSubjects = {
  groups: new Map(),
  apis: new Map(),
  user: () => null,
  client: () => null,
  nameOfId: () => undefined,
}

/** Data fields that the line already shows. */
const summaryFields = new Set(['clientName', 'passkeyName', 'actorUsername', 'actorUserID', 'code', 'deviceAddress'])
const groupsPath = '/settings/admin/user-groups'

/** Converts an entry for the affected user or for an administrator. */
export function auditLine(entry: AuditEntry, perspective: 'own' | 'all', knownSubjects: KnownSubjects): AuditLine {
  const { id, event, createdAt, lastAt, occurrences, actorId, actorName } = entry
  const { ipAddress, userAgent, country, city, data, changes } = entry
  return {
    id,
    event,
    subjects: subjectsOf(entry, perspective, knownSubjects),
    actor: actorId === null ? null : person('actor', actorId, actorName, knownSubjects),
    at: createdAt,
    occurrences,
    lastAt,
    device: deviceOf(userAgent),
    ipAddress,
    place: { country: country ?? '', city: city ?? '' },
    code: data.code ?? null,
    isRefusal: /_(FAILED|REFUSED|DENIED|REGRESSED)$/.test(event),
    changes: changeView(event, changes, knownSubjects.nameOfId),
    details: perspective === 'own' ? [] : detailsOf(entry, knownSubjects),
  }
}

/** Events that commands cause if they have no account. */
const commandEvents =
  /^(?:DATA_(?:EXPORTED|IMPORTED|ROLLED_BACK)|ENCRYPTION_KEY_ROTATED|ISSUER_CHANGED|KEY_ROTATION_REQUESTED)$/

const noun = { group: /^(?:GROUP|MEMBERSHIP)_/, api: /^API_(?!KEY)/, apiKey: /^API_KEY_/ }

/** The objects of the event: who was affected, and which client, passkey, group, API, API key or job. */
function subjectsOf(entry: AuditEntry, perspective: 'own' | 'all', known: KnownSubjects): readonly Subject[] {
  const { event, accountId, accountName, clientId, clientName, data } = entry
  const group = data.groupId === undefined ? undefined : known.groups.get(data.groupId)
  const api = data.apiId === undefined ? undefined : known.apis.get(data.apiId)
  const isAccount = accountId !== null && perspective === 'all'
  const isClient = clientId !== null || clientName !== null
  const subjects: readonly (Subject | false)[] = [
    isAccount && person('account', accountId, accountName, known),
    isClient && { kind: 'client', name: clientName, href: clientId === null ? null : known.client(clientId) },
    data.passkeyName !== undefined && { kind: 'passkey', name: data.passkeyName, href: null },
    noun.group.test(event) && {
      kind: 'group',
      name: group ?? changedName(entry),
      href: group === undefined ? null : `${groupsPath}/${data.groupId}`,
    },
    noun.api.test(event) && { kind: 'api', name: api ?? changedName(entry), href: null },
    noun.apiKey.test(event) && { kind: 'apiKey', name: changedName(entry), href: null },
    data.job !== undefined && { kind: 'job', name: data.job, href: null },
    commandEvents.test(event) && accountId === null && { kind: 'origin', name: 'commandLine', href: null },
    /^(?:SCIM_SYNC|LDAP_SYNC|BACKUP)_FAILED$/.test(event) && { kind: 'reason', name: data.reason ?? null, href: null },
  ]
  return subjects.filter((subject) => subject !== false)
}

/** The message keys of built-in actors, which are not in the directory and have no page. */
const builtInOrigins: ReadonlyMap<string, string> = new Map([
  [staticUser.id, 'staticApiKey'],
  [commandLineUser.id, 'commandLine'],
  [configurationFileUser.id, 'configurationFile'],
  [ldapActor.id, 'ldap'],
])

function person(kind: Subject['kind'], id: string, name: string | null, known: KnownSubjects): Subject {
  const origin = builtInOrigins.get(id)
  return origin === undefined ? { kind, name, href: known.user(id) } : { kind: 'origin', name: origin, href: null }
}

function changedName({ changes }: AuditEntry): string | null {
  const change = changes?.friendlyName ?? changes?.name
  const name = change?.after ?? change?.before
  return typeof name === 'string' ? name : null
}

/** Details that the table of changes shows too. */
const changeLists = new Set(['fields', 'keys', 'added', 'removed', 'groups'])

/** Omits details that the line, its objects and its changes already show. */
function detailsOf(entry: AuditEntry, { groups, apis }: KnownSubjects): AuditLine['details'] {
  const { event, data, changes, requestId, userAgent } = entry
  const isShown = (name: string, value: string) =>
    summaryFields.has(name) ||
    (changes !== null && changeLists.has(name)) ||
    (name === 'groupId' && groups.has(value)) ||
    (name === 'apiId' && apis.has(value)) ||
    (name === 'endsAt' && changes?.endsAt !== undefined)
  return [
    { name: 'event', value: event },
    ...Object.entries(data)
      .filter(([name, value]) => !isShown(name, value))
      .map(([name, value]) => ({ name, value })),
    ...(userAgent === null ? [] : [{ name: 'userAgent', value: userAgent }]),
    ...(requestId === null ? [] : [{ name: 'requestID', value: requestId }]),
  ]
}
