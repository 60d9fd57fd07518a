import type { Clients } from '@pocket/core'
import type { Choice } from '../http/choices.ts'

/** Maximum number of clients on a page; if there are more, the client's own page sets its groups. */
const maxClients = 200
const restrictedClientsQuery = {
  scope: { of: 'everybody' },
  page: 1,
  limit: maxClients,
  sort: { by: 'name', descending: false },
  filters: { isGroupRestricted: [true] },
  search: '',
} as const

/** Restricted clients up to the display limit: those the group may use, then others by name. */
export async function clientChoices(
  clients: Pick<Clients, 'page' | 'allowedTo'>,
  groupId: string,
): Promise<{ readonly choices: readonly Choice[]; readonly remainingCount: number }> {
  const { items, total } = await clients.page(restrictedClientsQuery)
  const allowed = (await clients.allowedTo(groupId)).filter(({ isGroupRestricted }) => isGroupRestricted)
  const chosenIds = new Set(allowed.map(({ id }) => id))
  const listedClients = items.map(({ client }) => client)
  const listedIds = new Set(listedClients.map(({ id }) => id))
  const choices = [...allowed.filter(({ id }) => !listedIds.has(id)), ...listedClients]
  return {
    choices: choices.map(({ id, name }) => ({ id, name, chosen: chosenIds.has(id) })),
    remainingCount: total - choices.length,
  }
}
