import type { ApiGrant } from '../apis/api.ts'
import type { Client, ClientRecord } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'
import type { Consent } from '../consents/consent.ts'
import { listClients } from './client-list.ts'
import { addValue, type MemoryState } from './memory-state.ts'

/**
 * @param clients a map of `state`
 * @param consents the map of the consent store, for lists of one account
 * @param apiGrants the map of the API store, for lists of one API
 */
export function createMemoryClientStore(
  state: MemoryState,
  clients: Map<string, Client>,
  consents: ReadonlyMap<string, Consent>,
  apiGrants: ReadonlyMap<string, ApiGrant>,
): ClientStore {
  const networks = state.map<string>()
  const secretUses = state.map<{ readonly clientId: string; readonly at: number }>()

  const find = (id: string) => clients.get(id)

  return state.store<ClientStore>({
    find,
    findCached: find,
    protectedSites: () => [...clients.values()].filter(({ protocol }) => protocol.protectedHosts.length > 0),
    findForUpdate: find,
    list: () => [...clients.values()].sort(byName),

    page: (request) =>
      listClients(
        [...clients.values()],
        { consents: [...consents.values()], apiGrants: [...apiGrants.values()] },
        request,
      ),

    insert: (client) => addValue(clients, client.id, client),

    insertUnused(client, network, max) {
      const unusedClients = [...clients.values()].filter(
        ({ id, unusedSince }) => unusedSince !== null && networks.get(id) === network,
      )
      if (unusedClients.length >= max || !addValue(clients, client.id, client)) return false
      networks.set(client.id, network)
      return true
    },

    update(client) {
      if (!clients.has(client.id)) return false
      clients.set(client.id, client)
      return true
    },

    remove: (id) => clients.delete(id),

    recordPkceSupport(id) {
      const client = clients.get(id)
      if (client) clients.set(id, { ...client, pkceSupported: true })
    },

    noteUse(id) {
      const client = clients.get(id)
      if (client) clients.set(id, { ...client, unusedSince: null })
    },

    postponeRemoval(id, before, at) {
      const client = clients.get(id)
      if (client && client.unusedSince !== null && client.unusedSince < before)
        clients.set(id, { ...client, unusedSince: at })
    },

    listUnused: (before, limit) =>
      [...clients.values()]
        .flatMap(({ id, unusedSince }) => (unusedSince !== null && unusedSince < before ? [{ id, unusedSince }] : []))
        .sort((left, right) => left.unusedSince - right.unusedSince || (left.id < right.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id }) => id),

    recordSecretUse(id, secretId, at) {
      if (clients.has(id)) secretUses.set(secretId, { clientId: id, at })
    },

    secretUses: (id) =>
      new Map([...secretUses].filter(([, use]) => use.clientId === id).map(([key, { at }]) => [key, at])),

    allowedTo: (groupId) =>
      [...clients.values()]
        .filter(({ allowedGroupIds }) => allowedGroupIds.includes(groupId))
        .sort(byName)
        .map(({ allowedGroupIds: _, ...record }) => record),

    setAllowedTo(groupId, clientIds) {
      for (const [id, client] of clients) {
        const otherGroupIds = client.allowedGroupIds.filter((allowedGroupId) => allowedGroupId !== groupId)
        const allowedGroupIds = clientIds.includes(id) ? [...otherGroupIds, groupId].sort() : otherGroupIds
        clients.set(id, { ...client, allowedGroupIds })
      }
    },
  })
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byName(left: ClientRecord, right: ClientRecord): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}
