import type { Group } from '@pocket/directory'

/** An item of a picker: found, or chosen. */
export interface PickedItem {
  readonly id: string
  readonly name: string
  /** Distinguishes items with the same name; may be empty. */
  readonly detail: string
}

export function pickedGroups(groups: readonly Pick<Group, 'id' | 'friendlyName'>[]): readonly PickedItem[] {
  return groups.map(({ id, friendlyName }) => ({ id, name: friendlyName, detail: '' }))
}
