import type { Directory } from '@pocket/directory'

/** Maximum number of groups on a page; if there are more, the group's own page sets its clients. */
const most = 200

/** The groups on a page, sorted by name, and their total number. */
export function offeredGroups(groups: Pick<Directory['groups'], 'first'>) {
  return groups.first(most)
}
