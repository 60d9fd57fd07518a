import type { Consent } from './consent.ts'

/** Where consents are kept, one for each account and client. */
export interface ConsentStore {
  find(accountId: string, clientId: string): Promise<Consent | undefined>
  /** Adds scopes to what is allowed already. Two calls at once lose nothing. `at` in milliseconds. */
  allow(accountId: string, clientId: string, scopes: readonly string[], at: number): Promise<void>
  remove(accountId: string, clientId: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
}
