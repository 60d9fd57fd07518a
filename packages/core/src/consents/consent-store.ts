import type { Consent } from './consent.ts'

/** Stores one consent per account and client. */
export interface ConsentStore {
  find(accountId: string, clientId: string): Promise<Consent | undefined>
  /** Adds scopes to the consent. Concurrent calls lose no scopes. `at` in milliseconds. */
  allow(accountId: string, clientId: string, scopes: readonly string[], at: number): Promise<void>
  /** Records the time of use of a consent, if there is one; before the response, but maybe later in the request. */
  recordUse(accountId: string, clientId: string, at: number): Promise<void>
  remove(accountId: string, clientId: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
  /** Removes the scopes that begin with the prefix from every consent. */
  removeScopes(prefix: string): Promise<void>
  /** Moves all consents to a client to another ID, which has none. */
  renameClient(clientId: string, newId: string): Promise<void>
}
