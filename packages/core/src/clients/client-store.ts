import type { Client, ClientRecord } from './client.ts'
import type { ClientList, ClientListRequest } from './client-list.ts'

/** Stores clients. */
export interface ClientStore {
  find(id: string): Promise<Client | undefined>
  /** Like `find`, but another process's change may be seen up to two seconds later. For protocol requests. */
  findCached(id: string): Promise<Client | undefined>
  /** All clients with protected hosts, as `findCached`; the same array while nothing changes. */
  protectedSites(): Promise<readonly Client[]>
  /** Like `find`, and locks the client until the running transaction ends. */
  findForUpdate(id: string): Promise<Client | undefined>
  /** All clients, by name. */
  list(): Promise<readonly Client[]>
  /** A page of clients. The number of statements is independent of the number of clients. */
  page(request: ClientListRequest): Promise<ClientList>
  /** Returns `false` without a change if the ID is already in use. */
  insert(client: Client): Promise<boolean>
  /**
   * Inserts a client that a network registered without credentials, unless `max` clients that it registered are unused. Returns
   * `false` without a change then, or if the ID is already in use.
   */
  insertUnused(client: Client, network: string, max: number): Promise<boolean>
  /** Replaces the stored client with the same ID; returns `false` if it does not exist. */
  update(client: Client): Promise<boolean>
  remove(id: string): Promise<boolean>
  /** Records that the client uses PKCE although it is optional. */
  recordPkceSupport(id: string): Promise<void>
  /** Records that the client was used and clears `unusedSince`. */
  noteUse(id: string): Promise<void>
  /** Changes `unusedSince` to `at` if it is before `before`, both in milliseconds. */
  postponeRemoval(id: string, before: number, at: number): Promise<void>
  /** The IDs of at most `limit` clients that have been unused since before `before` (milliseconds). */
  listUnused(before: number, limit: number): Promise<readonly string[]>
  /** Records when a client secret was used. `at` in milliseconds. */
  recordSecretUse(id: string, secretId: string, at: number): Promise<void>
  /** Last use of each client secret by ID, in milliseconds; unused secrets are missing. */
  secretUses(id: string): Promise<ReadonlyMap<string, number>>
  /** The clients that allow this group, by name. */
  allowedTo(groupId: string): Promise<readonly ClientRecord[]>
  /** Replaces the set of clients that allow the group; unknown client IDs are ignored. */
  setAllowedTo(groupId: string, clientIds: readonly string[]): Promise<void>
}
