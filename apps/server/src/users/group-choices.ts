import type { Directory, UserDetails } from '@pocket/directory'
import type { GroupChoice } from './page-model.ts'

/** How many groups a page offers; with more, the group's own page does it. */
const most = 200

/** The groups that a page offers, by name. */
export function knownGroups(groups: Pick<Directory['groups'], 'page'>) {
  const sort = { column: 'friendlyName', descending: false }
  return groups.page({ page: 1, limit: most, sort, filters: {}, search: '' })
}

/** The groups that a page offers, and those in which somebody is. */
export async function groupChoices(
  groups: Pick<Directory['groups'], 'page'>,
  { groups: own }: Pick<UserDetails, 'groups'>,
): Promise<{ readonly choices: readonly GroupChoice[]; readonly more: number }> {
  const { items, total } = await knownGroups(groups)
  const chosen = new Set(own.map(({ id }) => id))
  const choices = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, chosen: chosen.has(id) }))
  return { choices, more: total - items.length }
}
