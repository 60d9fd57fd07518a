import type { Group } from '@pocket/directory'

/** An item of a picker: found, or chosen. */
export interface PickedItem {
  readonly id: string
  readonly name: string
  /** Distinguishes items with the same name; may be empty. */
  readonly detail: string
  /** Distinguishes groups with the same name, whose `detail` does not. */
  readonly slug?: string
}

export function pickedGroups(groups: readonly Pick<Group, 'id' | 'name' | 'friendlyName'>[]): readonly PickedItem[] {
  return groups.map(({ id, name, friendlyName }) => ({ id, name: friendlyName, detail: '', slug: name }))
}

/** The name of an item, with its slug if another one in the list has the same name. */
export function distinctName({ id, name, slug }: PickedItem, list: readonly PickedItem[]): string {
  return slug !== undefined && list.some((other) => other.name === name && other.id !== id) ? `${name} (${slug})` : name
}
