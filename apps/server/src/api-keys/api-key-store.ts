import type { ListRequest, Page } from '../http/api/list.ts'
import type { ApiKey } from './api-key.ts'

/** Fields that change when a key is renewed. */
export type ApiKeyRenewal = Pick<ApiKey, 'id' | 'ownerId' | 'tokenHash' | 'expiresAt'>

/** Stores API keys. Instants in milliseconds since the Unix epoch. */
export interface ApiKeyStore {
  find(ownerId: string, id: string): Promise<ApiKey | undefined>
  findByHash(tokenHash: string): Promise<ApiKey | undefined>
  /** The keys of a user, filtered by part of the name and, with `expired`, by whether they have expired by `now`. */
  list(ownerId: string, request: ListRequest, now: number): Promise<Page<ApiKey>>
  insert(apiKey: ApiKey): Promise<void>
  /** Renews a key that had expired by `now`; returns `false` if the key does not exist or has not expired. */
  renew(renewal: ApiKeyRenewal, now: number): Promise<boolean>
  /** Records a use unless one after `notedBefore` is already recorded. */
  markUsed(id: string, at: number, recordedBefore: number): Promise<void>
  /** Keys that expire between the two instants and whose owners were not notified yet. */
  listExpiring(from: number, to: number): Promise<readonly ApiKey[]>
  /** Returns `false` if it was already marked or the key has a different expiration now. */
  markExpirationEmailSent(id: string, expiresAt: number): Promise<boolean>
  /** Returns `false` if the user has no such key. */
  remove(ownerId: string, id: string): Promise<boolean>
  removeByOwner(ownerId: string): Promise<void>
}
