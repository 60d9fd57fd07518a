import type { Directory, UserDetails } from '@pocket/directory'
import { type Choice, offeredGroups } from '../http/choices.ts'

/** The groups that a page offers, and those of the user. */
export async function groupChoices(
  groups: Pick<Directory['groups'], 'first'>,
  { groups: userGroups }: Pick<UserDetails, 'groups'>,
): Promise<{ readonly choices: readonly Choice[]; readonly remainingCount: number }> {
  const { items, total } = await offeredGroups(groups)
  const selectedIds = new Set(userGroups.map(({ id }) => id))
  const choices = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, chosen: selectedIds.has(id) }))
  return { choices, remainingCount: total - items.length }
}
