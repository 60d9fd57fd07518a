import type { Change, Changes } from '@pocket/core'
import type { AuditChange, AuditValue } from './page-model.ts'

/** Names of objects that changes reference by ID; `undefined` if unknown. */
export type NameOfId = (field: string, id: string) => string | undefined

/** Fields that contain IDs, by the kind of object. */
export const idFields = {
  groups: new Set(['allowedGroupIds', 'signupDefaultUserGroupIDs']),
  users: new Set(['members']),
  clients: new Set(['allowedClientIds', 'resourceServerClientIds']),
  permissions: new Set(['userDelegatedPermissionIds', 'clientPermissionIds']),
} as const

/** Catalog prefixes of field labels and option labels, by the events that change these fields. */
const nouns: readonly (readonly [event: RegExp, labels: readonly string[], options: readonly string[]])[] = [
  [/^SETTINGS_/, ['settings.labels', 'passkeyPolicy'], ['settings.options', 'passkeyPolicy']],
  [/^CLIENT_/, ['clientForm.labels', 'clients.columns'], ['clientForm.options']],
  [/^(?:GROUP|MEMBERSHIP)_/, ['groupForm'], []],
  [/^API_KEY_/, ['apiKeys'], []],
  [/^API_/, ['apis.labels', 'apis.columns', 'apis'], []],
  [/^SCIM_/, ['scim.labels'], ['scim']],
  [/^(?:ACCOUNT|USER|SETUP)_/, ['userForm'], []],
]

/** Their members are fields of the same object. */
const groupedFields = new Set(['protocol', 'registration'])
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

/** The changed fields of an event with the catalog keys of their labels and values. */
export function changeView(event: string, changes: Changes | null, nameOfId: NameOfId): readonly AuditChange[] {
  const [, labels, options] = nouns.find(([pattern]) => pattern.test(event)) ?? [/^/, [], []]
  return Object.entries(changes ?? {})
    .flatMap(([field, change]) => (groupedFields.has(field) ? changedMembers(change) : [[field, change] as const]))
    .map(([field, { before, after }]) => {
      const valuesOf = (value: unknown) => displayValues(value, field, options, nameOfId)
      return {
        field,
        section: /^(?:smtp|ldap)[A-Z]/.exec(field)
          ? `settings.sections.${field.startsWith('smtp') ? 'email' : 'ldap'}`
          : null,
        labels: [
          ...labels.flatMap((prefix) => [`${prefix}.${field}.title`, `${prefix}.${field}`]),
          `auditLog.fields.${field}`,
          `list.labels.${field}`,
        ],
        before: valuesOf(before),
        after: valuesOf(after),
      }
    })
}

function changedMembers({ before, after }: Change): readonly (readonly [string, Change])[] {
  const [from, to] = [membersOf(before), membersOf(after)]
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((name) => JSON.stringify(from[name] ?? null) !== JSON.stringify(to[name] ?? null))
    .map((name) => [name, { before: from[name] ?? null, after: to[name] ?? null }])
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function displayValues(
  value: unknown,
  field: string,
  options: readonly string[],
  nameOfId: NameOfId,
): readonly AuditValue[] {
  if (isEmpty(value)) return []
  const items = listOf(value)
  if (items.length > 0 || Array.isArray(value) || value === '[]')
    return items.flatMap((item) => displayValues(item, field, options, nameOfId))
  if (typeof value === 'object') return [{ text: textOf(value), keys: [], at: null }]
  const text = String(value)
  if (typeof value === 'string' && instant.test(text)) return [{ text, keys: [], at: Date.parse(text) }]
  const name = typeof value === 'string' ? nameOfId(field, text) : undefined
  if (name !== undefined) return [{ text: name, keys: [], at: null }]
  return [
    {
      text,
      keys: [
        ...options.map((prefix) => `${prefix}.${field}.${text}`),
        `auditLog.values.${text === '(redacted)' ? 'redacted' : text}`,
      ],
      at: null,
    },
  ]
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

/** The elements of a list; settings store lists as JSON. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return (typeof value === 'string' && value.startsWith('[') ? parsedList(value) : undefined) ?? []
}

function parsedList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value)
    .filter((member) => !isEmpty(member))
    .map(textOf)
    .join(' · ')
}
