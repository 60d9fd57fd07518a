import type { LdapChanges } from './ldap-changes.ts'
import type { LdapEntry } from './ldap-plan.ts'
import type { NameHolder } from './ldap-store.ts'

/** The changes of a transaction, and those postponed to the next run. */
export interface Step {
  readonly applied: LdapChanges
  readonly postponed: readonly LdapEntry[]
}

/** The items whose object is stored as it was when the import was planned. */
export function keepUnchanged<Item, Stored extends { readonly id: string }>(
  items: readonly Item[],
  stored: readonly Stored[],
  { before, isSame }: { before(item: Item): Stored; isSame(before: Stored, stored: Stored): boolean },
): readonly Item[] {
  const byId = new Map(stored.map((object) => [object.id, object]))
  return items.filter((item) => {
    const current = byId.get(before(item).id)
    return current !== undefined && isSame(before(item), current)
  })
}

/** The items whose new names nobody has. */
export async function keepFreeNames<Item>(
  items: readonly Item[],
  newKeys: (item: Item) => readonly string[],
  findHolders: (keys: readonly string[]) => Promise<readonly NameHolder[]>,
): Promise<readonly Item[]> {
  const keys = items.flatMap(newKeys)
  if (keys.length === 0) return items
  const taken = new Set((await findHolders(keys)).map(({ key }) => key))
  return items.filter((item) => !newKeys(item).some((key) => taken.has(key)))
}

/** The items that were not applied. */
export function without<Item>(items: readonly Item[], applied: readonly Item[]): readonly Item[] {
  const appliedSet = new Set(applied)
  return items.filter((item) => !appliedSet.has(item))
}
