import type { Directory, UserDetails } from '@pocket/directory'
import { type Choice, offeredGroups } from '../http/choices.ts'

/** The groups that a page offers, and those of the user. */
export async function groupChoices(
  groups: Pick<Directory['groups'], 'first'>,
  { groups: own }: Pick<UserDetails, 'groups'>,
): Promise<{ readonly choices: readonly Choice[]; readonly more: number }> {
  const { items, total } = await offeredGroups(groups)
  const chosen = new Set(own.map(({ id }) => id))
  const choices = items.map(({ id, friendlyName }) => ({ id, name: friendlyName, chosen: chosen.has(id) }))
  return { choices, more: total - items.length }
}
