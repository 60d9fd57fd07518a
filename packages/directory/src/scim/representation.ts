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
export function toResource(kind: ScimKind, attributes: Attributes, present?: RemoteResource): JsonObject {
  const { meta: _meta, groups: _groups, schemas: existingSchemas, ...existingAttributes } = present?.content ?? {}
  const otherSchemas = Array.isArray(existingSchemas)
    ? existingSchemas.filter((schema) => typeof schema === 'string')
    : []
  // JSON omits undefined values.
  return { ...existingAttributes, ...attributes, schemas: [...new Set([schemas[kind], ...otherSchemas])] }
}

/** The `PATCH` (RFC 7644 §3.5.2) that changes only differing attributes. */
export function toPatch(attributes: Attributes, present: RemoteResource): JsonObject {
  const current = canonicalAttributes(present.content)
  const target = canonicalAttributes(attributes)
  const operations = Object.entries(attributes)
    .filter(([path]) => JSON.stringify(current[path]) !== JSON.stringify(target[path]))
    .map(([path, value]) => (isEmpty(value) ? { op: 'remove', path } : { op: 'replace', path, value }))
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** The fingerprint of the managed attributes of an object. */
export function fingerprint(kind: ScimKind, content: JsonObject): string {
  const { externalId, userName, name, displayName, active, emails, members } = canonicalAttributes(content)
  const values =
    kind === 'user' ? [externalId, userName, name, displayName, active, emails] : [externalId, displayName, members]
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url')
}

/** Whether an object is active; `undefined` if unspecified. Some targets send the value as a string. */
export function isActive({ active }: JsonObject): boolean | undefined {
  if (typeof active === 'boolean') return active
  return typeof active === 'string' ? active.toLowerCase() === 'true' : undefined
}

/** The attributes in a canonical form, independent of the target's order and additions. */
function canonicalAttributes(content: JsonObject): Readonly<Record<string, unknown>> {
  const name = asObject(content.name)
  return {
    externalId: asText(content.externalId),
    userName: asText(content.userName),
    name: [asText(name.givenName), asText(name.familyName)],
    displayName: asText(content.displayName),
    active: isActive(content) ?? null,
    emails: valuesOf(content.emails),
    members: valuesOf(content.members),
  }
}

/** The values of a multi-valued attribute (RFC 7643 §2.4), sorted. */
export function valuesOf(attribute: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(attribute) ? attribute : []
  return [...new Set(items.map((item) => asText(asObject(item).value)).filter((value) => value !== ''))].sort()
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
