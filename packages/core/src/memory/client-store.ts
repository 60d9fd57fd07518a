import type { Client } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'
import { add, type MemoryState } from './memory-state.ts'

export class MemoryClientStore implements ClientStore {
  readonly #state: MemoryState
  readonly #clients: Map<string, Client>

  constructor(state: MemoryState) {
    this.#state = state
    this.#clients = state.map()
  }

  find(id: string): Promise<Client | undefined> {
    return this.#state.run(() => this.#clients.get(id))
  }

  list(): Promise<readonly Client[]> {
    return this.#state.run(() => [...this.#clients.values()].sort(byName))
  }

  insert(client: Client): Promise<boolean> {
    return this.#state.run(() => add(this.#clients, client.id, client))
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
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byName(left: Client, right: Client): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}
