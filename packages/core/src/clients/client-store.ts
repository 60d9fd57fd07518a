import type { Client, ClientRecord } from './client.ts'
import type { ClientList, ClientListRequest } from './client-list.ts'

/** Where clients are kept. */
export interface ClientStore {
  find(id: string): Promise<Client | undefined>
  /** The same, and nobody else changes this client until the running transaction ends. */
  findForUpdate(id: string): Promise<Client | undefined>
  /** All clients, by name. */
  list(): Promise<readonly Client[]>
  /** A page of them. The number of statements does not depend on how many there are. */
  page(request: ClientListRequest): Promise<ClientList>
  /** Returns `false`, and changes nothing, where the id is taken. */
  insert(client: Client): Promise<boolean>
  /** Replaces the stored client of the same id; returns `false` where there is none. */
  update(client: Client): Promise<boolean>
  remove(id: string): Promise<boolean>
  /** Remembers that the client uses PKCE without having to. */
  recordPkceSupport(id: string): Promise<void>
  /** Remembers that the client was used: it waits for its first use no more. */
  noteUse(id: string): Promise<void>
  /** The ids of at most `limit` clients that have waited for their first use since before `before` (milliseconds). */
  listUnused(before: number, limit: number): Promise<readonly string[]>
  /** Remembers when a secret of the client was used. `at` in milliseconds. */
  recordSecretUse(id: string, secretId: string, at: number): Promise<void>
  /** When the client's secrets were used last, in milliseconds by their ids; secrets that were never used are missing. */
  secretUses(id: string): Promise<ReadonlyMap<string, number>>
  /** The clients that allow this group, by name. */
  allowedTo(groupId: string): Promise<readonly ClientRecord[]>
  /** Makes these the clients that allow the group; ids of no client are left out. */
  setAllowedTo(groupId: string, clientIds: readonly string[]): Promise<void>
}
