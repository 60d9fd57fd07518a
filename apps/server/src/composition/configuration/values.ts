import type { Directory } from '@pocket/directory'
import type { Item, Reference } from '../../configuration-file/kind.ts'

/** Values whose type the schema has checked. */

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

export function objects(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : []
}

export function isOwnedByLdap({ ldapId }: { readonly ldapId: string | null }): boolean {
  return ldapId !== null
}

export function referencesIn(kind: Reference['kind'], item: Item, field: string): readonly Reference[] {
  return texts(item[field]).map((key, index) => ({ kind, key, path: [field, index] }))
}

/** The IDs of groups with these names; the references were checked before. */
export async function findGroupIds({ groups }: Pick<Directory, 'groups'>, names: unknown): Promise<readonly string[]> {
  const found = await Promise.all(texts(names).map((name) => groups.findByName(name)))
  return found.flatMap((group) => (group ? [group.id] : []))
}

/** The names of groups, which the file uses in place of IDs. */
export async function findGroupNames({ groups }: Pick<Directory, 'groups'>, ids: readonly string[]) {
  return ids.length === 0 ? [] : (await groups.list(ids)).map(({ name }) => name)
}
