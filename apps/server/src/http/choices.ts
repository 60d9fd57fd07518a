import type { Directory } from '@pocket/directory'

/** An item of a picker: found, or chosen. */
export interface PickedItem {
  readonly id: string
  readonly name: string
  /** Distinguishes items with the same name; may be empty. */
  readonly detail: string
}

/** Maximum number of groups on a page; if there are more, the group's own page sets its clients. */
const maxGroups = 200

/** The groups on a page, sorted by name, and their total number. */
export function offeredGroups(groups: Pick<Directory['groups'], 'first'>) {
  return groups.first(maxGroups)
}
