import type { Directory } from '@pocket/directory'

/** An item that a form offers. */
export interface Choice {
  readonly id: string
  readonly name: string
  readonly chosen: boolean
}

/** Maximum number of groups on a page; if there are more, the group's own page sets its clients. */
const maxGroups = 200

/** The groups on a page, sorted by name, and their total number. */
export function offeredGroups(groups: Pick<Directory['groups'], 'first'>) {
  return groups.first(maxGroups)
}
