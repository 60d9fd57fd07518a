import type { Clients } from '@pocket/core'
import type { Choice } from '../http/choices.ts'

/** Maximum number of clients on a page; if there are more, the client's own page sets its groups. */
const most = 200
const restricted = {
  scope: { of: 'everybody' },
  page: 1,
  limit: most,
  sort: { by: 'name', descending: false },
  filters: { isGroupRestricted: [true] },
  search: '',
} as const

/** Restricted clients up to the display limit: those the group may use, then others by name. */
export async function clientChoices(
  clients: Pick<Clients, 'page' | 'allowedTo'>,
  groupId: string,
): Promise<{ readonly choices: readonly Choice[]; readonly more: number }> {
  const { items, total } = await clients.page(restricted)
  const allowed = (await clients.allowedTo(groupId)).filter(({ isGroupRestricted }) => isGroupRestricted)
  const isChosen = new Set(allowed.map(({ id }) => id))
  const known = items.map(({ client }) => client)
  const isKnown = new Set(known.map(({ id }) => id))
  const choices = [...allowed.filter(({ id }) => !isKnown.has(id)), ...known]
  return {
    choices: choices.map(({ id, name }) => ({ id, name, chosen: isChosen.has(id) })),
    more: total - choices.length,
  }
}
