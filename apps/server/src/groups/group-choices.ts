import type { Directory } from '@pocket/directory'

/** How many groups a page offers; with more, the group's own page does it. */
const most = 200

/** The groups that a page offers, by name, and how many there are. */
export function offeredGroups(groups: Pick<Directory['groups'], 'first'>) {
  return groups.first(most)
}
