import type { ApiGrant } from '../apis/api.ts'
import type { Client, ClientRecord } from '../clients/client.ts'
import type { ClientList, ClientListRequest } from '../clients/client-list.ts'
import type { ClientStore } from '../clients/client-store.ts'
import type { Consent } from '../consents/consent.ts'
import { listClients } from './client-list.ts'
import { addValue, type MemoryState } from './memory-state.ts'

export class MemoryClientStore implements ClientStore {
  readonly #state: MemoryState
  readonly #clients: Map<string, Client>
  readonly #networks: Map<string, string>
  readonly #secretUses: Map<string, { readonly clientId: string; readonly at: number }>
  readonly #consents: ReadonlyMap<string, Consent>
  readonly #apiGrants: ReadonlyMap<string, ApiGrant>

  /**
   * @param consents the map of the consent store, for lists of one account
   * @param apiGrants the map of the API store, for lists of one API
   */
  constructor(state: MemoryState, consents: ReadonlyMap<string, Consent>, apiGrants: ReadonlyMap<string, ApiGrant>) {
    this.#state = state
    this.#clients = state.map()
    this.#networks = state.map()
    this.#secretUses = state.map()
    this.#consents = consents
    this.#apiGrants = apiGrants
  }

  has(id: string): boolean {
    return this.#clients.has(id)
  }

  find(id: string): Promise<Client | undefined> {
    return this.#state.run(() => this.#clients.get(id))
  }

  findCached(id: string): Promise<Client | undefined> {
    return this.find(id)
  }

  protectedSites(): Promise<readonly Client[]> {
    return this.#state.run(() =>
      [...this.#clients.values()].filter(({ protocol }) => protocol.protectedHosts.length > 0),
    )
  }

  findForUpdate(id: string): Promise<Client | undefined> {
    return this.find(id)
  }

  list(): Promise<readonly Client[]> {
    return this.#state.run(() => [...this.#clients.values()].sort(byName))
  }

  page(request: ClientListRequest): Promise<ClientList> {
    return this.#state.run(() =>
      listClients(
        [...this.#clients.values()],
        { consents: [...this.#consents.values()], apiGrants: [...this.#apiGrants.values()] },
        request,
      ),
    )
  }

  insert(client: Client): Promise<boolean> {
    return this.#state.run(() => addValue(this.#clients, client.id, client))
  }

  insertUnused(client: Client, network: string, max: number): Promise<boolean> {
    return this.#state.run(() => {
      const unusedClients = [...this.#clients.values()].filter(
        ({ id, unusedSince }) => unusedSince !== null && this.#networks.get(id) === network,
      )
      if (unusedClients.length >= max || !addValue(this.#clients, client.id, client)) return false
      this.#networks.set(client.id, network)
      return true
    })
  }

  update(client: Client): Promise<boolean> {
    return this.#state.run(() => {
      if (!this.#clients.has(client.id)) return false
      this.#clients.set(client.id, client)
      return true
    })
  }

  remove(id: string): Promise<boolean> {
    return this.#state.run(() => this.#clients.delete(id))
  }

  recordPkceSupport(id: string): Promise<void> {
    return this.#state.run(() => {
      const client = this.#clients.get(id)
      if (client) this.#clients.set(id, { ...client, pkceSupported: true })
    })
  }

  noteUse(id: string): Promise<void> {
    return this.#state.run(() => {
      const client = this.#clients.get(id)
      if (client) this.#clients.set(id, { ...client, unusedSince: null })
    })
  }

  postponeRemoval(id: string, before: number, at: number): Promise<void> {
    return this.#state.run(() => {
      const client = this.#clients.get(id)
      if (client && client.unusedSince !== null && client.unusedSince < before)
        this.#clients.set(id, { ...client, unusedSince: at })
    })
  }

  listUnused(before: number, limit: number): Promise<readonly string[]> {
    return this.#state.run(() =>
      [...this.#clients.values()]
        .flatMap(({ id, unusedSince }) => (unusedSince !== null && unusedSince < before ? [{ id, unusedSince }] : []))
        .sort((left, right) => left.unusedSince - right.unusedSince || (left.id < right.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id }) => id),
    )
  }

  async recordSecretUse(id: string, secretId: string, at: number): Promise<void> {
    await this.#state.run(() => {
      if (this.#clients.has(id)) this.#secretUses.set(secretId, { clientId: id, at })
    })
  }

  secretUses(id: string): Promise<ReadonlyMap<string, number>> {
    return this.#state.run(
      () => new Map([...this.#secretUses].filter(([, use]) => use.clientId === id).map(([key, { at }]) => [key, at])),
    )
  }

  allowedTo(groupId: string): Promise<readonly ClientRecord[]> {
    return this.#state.run(() =>
      [...this.#clients.values()]
        .filter(({ allowedGroupIds }) => allowedGroupIds.includes(groupId))
        .sort(byName)
        .map(({ allowedGroupIds: _, ...record }) => record),
    )
  }

  setAllowedTo(groupId: string, clientIds: readonly string[]): Promise<void> {
    return this.#state.run(() => {
      for (const [id, client] of this.#clients) {
        const otherGroupIds = client.allowedGroupIds.filter((allowedGroupId) => allowedGroupId !== groupId)
        const allowedGroupIds = clientIds.includes(id) ? [...otherGroupIds, groupId].sort() : otherGroupIds
        this.#clients.set(id, { ...client, allowedGroupIds })
      }
    })
  }
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byName(left: ClientRecord, right: ClientRecord): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}
