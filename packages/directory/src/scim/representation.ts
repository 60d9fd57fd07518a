import { createHash } from 'node:crypto'
import type { JsonObject } from './connection.ts'
import type { RemoteResource, ScimKind } from './resource.ts'
import type { SnapshotGroup, SnapshotUser } from './snapshot.ts'

const schemas: Readonly<Record<ScimKind, string>> = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
}

/** The attributes that we manage; all other attributes of an object stay unchanged. */
export type Attributes = Readonly<Record<string, unknown>>

/** A user (RFC 7643 §4.1). Unknown values are omitted. */
export function userAttributes(user: SnapshotUser): Attributes {
  const name = {
    ...(user.firstName !== '' && { givenName: user.firstName }),
    ...(user.lastName !== '' && { familyName: user.lastName }),
  }
  return {
    externalId: user.id,
    userName: user.userName,
    name: Object.keys(name).length === 0 ? undefined : name,
    displayName: user.displayName,
    active: !user.disabled,
    emails: user.email === null ? undefined : [{ value: user.email, primary: true }],
  }
}

/** A group (RFC 7643 §4.2) with the members whose remote IDs are known. */
export function groupAttributes(group: SnapshotGroup, memberIds: readonly string[]): Attributes {
  return {
    externalId: group.id,
    displayName: group.friendlyName,
    members: memberIds.map((value) => ({ value })),
  }
}

/** The complete object of a `POST`, or of a `PUT` that keeps attributes set by others. */
export function resourceOf(kind: ScimKind, attributes: Attributes, present?: RemoteResource): JsonObject {
  const { meta: _meta, groups: _groups, schemas: listed, ...kept } = present?.content ?? {}
  const others = Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : []
  // JSON omits undefined values.
  return { ...kept, ...attributes, schemas: [...new Set([schemas[kind], ...others])] }
}

/** The `PATCH` (RFC 7644 §3.5.2) that changes only differing attributes. */
export function patchOf(attributes: Attributes, present: RemoteResource): JsonObject {
  const there = comparable(present.content)
  const wanted = comparable(attributes)
  const operations = Object.entries(attributes)
    .filter(([path]) => JSON.stringify(there[path]) !== JSON.stringify(wanted[path]))
    .map(([path, value]) => (isNothing(value) ? { op: 'remove', path } : { op: 'replace', path, value }))
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** The fingerprint of the managed attributes of an object. */
export function fingerprint(kind: ScimKind, content: JsonObject): string {
  const { externalId, userName, name, displayName, active, emails, members } = comparable(content)
  const said =
    kind === 'user' ? [externalId, userName, name, displayName, active, emails] : [externalId, displayName, members]
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url')
}

/** Whether an object is active; `undefined` if it does not say. Some targets write the value as text. */
export function isActive({ active }: JsonObject): boolean | undefined {
  if (typeof active === 'boolean') return active
  return typeof active === 'string' ? active.toLowerCase() === 'true' : undefined
}

/** The attributes in a canonical form, independent of the target's order and additions. */
function comparable(content: JsonObject): Readonly<Record<string, unknown>> {
  const name = part(content.name)
  return {
    externalId: text(content.externalId),
    userName: text(content.userName),
    name: [text(name.givenName), text(name.familyName)],
    displayName: text(content.displayName),
    active: isActive(content) ?? null,
    emails: valuesOf(content.emails),
    members: valuesOf(content.members),
  }
}

/** The values of a multi-valued attribute (RFC 7643 §2.4), sorted. */
export function valuesOf(attribute: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(attribute) ? attribute : []
  return [...new Set(items.map((item) => text(part(item).value)).filter((value) => value !== ''))].sort()
}

function part(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
