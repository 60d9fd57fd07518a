import type { ListRequest, Page } from '../http/api/list.ts'
import type { ApiKey } from './api-key.ts'

/** What a renewed key gets. */
export type ApiKeyRenewal = Pick<ApiKey, 'id' | 'ownerId' | 'tokenHash' | 'expiresAt'>

/** Where API keys are kept. Instants in milliseconds since the Unix epoch. */
export interface ApiKeyStore {
  find(ownerId: string, id: string): Promise<ApiKey | undefined>
  findByHash(tokenHash: string): Promise<ApiKey | undefined>
  /** A person's keys: those with a part of a name, and by the filter `expired` those that have expired by `now`, or have not. */
  list(ownerId: string, request: ListRequest, now: number): Promise<Page<ApiKey>>
  insert(apiKey: ApiKey): Promise<void>
  /** Gives a key another token and end where it had expired by `now`; `false` where there is no such key, or it still holds. */
  renew(renewal: ApiKeyRenewal, now: number): Promise<boolean>
  /** Notes a use, where none after `notedBefore` is noted yet. */
  markUsed(id: string, at: number, notedBefore: number): Promise<void>
  /** Keys that end between the two instants, and whose owners were not told yet. */
  listExpiring(from: number, to: number): Promise<readonly ApiKey[]>
  /** `false` where it was noted before, or where the key has another end by now. */
  markExpirationEmailSent(id: string, expiresAt: number): Promise<boolean>
  /** Returns `false` where the person has no such key. */
  remove(ownerId: string, id: string): Promise<boolean>
  removeByOwner(ownerId: string): Promise<void>
}
