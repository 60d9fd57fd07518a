import { isJsonObject } from '@pocket/core/internal'
import { isDeclared, isEmpty } from './compare.ts'
import type { Existing, Item, Kind } from './kind.ts'
import type { FileContent } from './load.ts'
import type { Path } from './problem.ts'

export interface FieldChange {
  readonly field: string
  /** `undefined` if there is no stored object; secrets are replaced. */
  readonly before: unknown
  readonly after: unknown
  /** Whether the change removes something that `before` does not show, for example a secret. */
  readonly isIrreversible: boolean
}

export interface Change {
  readonly action: 'create' | 'update' | 'delete'
  readonly kind: Kind['name']
  readonly name: string
  readonly fields: readonly FieldChange[]
}

/** An item of the file with the stored object that it describes. */
export interface Declaration {
  readonly kind: Kind
  readonly item: Item
  readonly path: Path
  readonly existing: Existing | undefined
  readonly change: Change | undefined
}

const redacted = '(secret)'

export function itemsOf(content: FileContent, kind: Kind): readonly { readonly item: Item; readonly path: Path }[] {
  if (kind.name === 'settings') return content.settings ? [{ item: content.settings, path: ['settings'] }] : []
  return (content[kind.name] ?? []).map((item, index) => ({ item, path: [kind.name, index] }))
}

export async function declare(kind: Kind, { item: written, path }: { item: Item; path: Path }): Promise<Declaration> {
  const item = kind.normalize(written)
  const existing = await findExisting(kind, item)
  const fields = Object.keys(declaredFields(item)).filter((field) => !isDeclared(item[field], existing?.item[field]))
  const change =
    existing && fields.length === 0
      ? undefined
      : {
          action: existing ? ('update' as const) : ('create' as const),
          kind: kind.name,
          name: keyOf(kind, item),
          fields: fields.map((field) => ({
            field,
            before: existing && redactSecrets(kind, field, existing.item[field]),
            after: redactSecrets(kind, field, item[field]),
            isIrreversible: removesHidden(kind, field, existing?.item[field], item[field]),
          })),
        }
  return { kind, item, path, existing, change }
}

/** Whether applying the change removes something that the file cannot restore. */
export function isIrreversible({ action, fields }: Change): boolean {
  return action === 'delete' || fields.some((field) => field.isIrreversible)
}

/** Whether a secret is removed, an object that contains one, or a permission, whose access ends with it. */
function removesHidden(kind: Kind, field: string, before: unknown, after: unknown): boolean {
  if (isEmpty(before) || after === undefined) return false
  if (kind.secrets.includes(field)) return isMissing(listOf(before), listOf(after))
  if (kind.name === 'apis' && field === 'permissions') return isMissing(keysOf(before), keysOf(after))
  if (!isJsonObject(before)) return false
  if (!isJsonObject(after)) return kind.secrets.some((secret) => secret.startsWith(`${field}.`))
  return Object.entries(before).some(([name, value]) => removesHidden(kind, `${field}.${name}`, value, after[name]))
}

function isMissing(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.some((value) => !after.includes(value))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function keysOf(permissions: unknown): readonly unknown[] {
  return listOf(permissions).map((permission) => Object(permission).key)
}

/** The stored object that an item describes, perhaps by its earlier key. */
export async function findExisting(kind: Kind, item: Item): Promise<Existing | undefined> {
  return (
    (await kind.find(keyOf(kind, item), item)) ??
    (typeof item.previously === 'string' ? await kind.find(item.previously, item) : undefined)
  )
}

export function declaredFields(item: Item): Item {
  const { previously: _, ...fields } = item
  return fields
}

export function keyOf(kind: Kind, item: Item): string {
  return kind.key === '' ? 'settings' : String(item[kind.key])
}

/** A value for people, without secrets. */
function redactSecrets(kind: Kind, field: string, value: unknown): unknown {
  if (kind.secrets.includes(field)) return value === undefined || value === '' ? value : redacted
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactSecrets(kind, `${field}.${name}`, member)]),
  )
}

const signs = { create: '+', update: '~', delete: '-' } as const

export function planLines(changes: readonly Change[]): readonly string[] {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length
  return [
    ...changes.flatMap(({ action, kind, name, fields }) => [
      `${signs[action]} ${kind === 'settings' ? kind : `${kind} ${JSON.stringify(name)}`}`,
      ...fields.map(({ field, before, after, isIrreversible: cannotBeUndone }) =>
        action === 'create'
          ? `    ${field}: ${JSON.stringify(after)}`
          : `    ${field}: ${JSON.stringify(before ?? null)} -> ${JSON.stringify(after)}${cannotBeUndone ? ' # cannot be undone' : ''}`,
      ),
    ]),
    changes.length === 0
      ? 'No changes. The instance matches the file.'
      : `Plan: ${count('create')} to create, ${count('update')} to change, ${count('delete')} to delete.`,
  ]
}
