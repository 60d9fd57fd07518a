import type { Client } from './client.ts'

/** Where clients are kept. */
export interface ClientStore {
  find(id: string): Promise<Client | undefined>
  /** All clients, by name. */
  list(): Promise<readonly Client[]>
  /** Returns `false`, and changes nothing, where the id is taken. */
  insert(client: Client): Promise<boolean>
  /** Replaces the stored client of the same id; returns `false` where there is none. */
  update(client: Client): Promise<boolean>
  remove(id: string): Promise<boolean>
}
