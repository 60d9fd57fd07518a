import type { ScimKind } from './resource.ts'

/** What is known of an object of a target. */
export interface ScimRecord {
  readonly providerId: string
  readonly kind: ScimKind
  /** The id of our user or group. */
  readonly localId: string
  /** The id of the object there. */
  readonly remoteId: string
  /**
   * `created`: by us, or recognized by our id; `adopted`: was there before, and an administrator has given it to us;
   * `found`: is there, looks the same, and is not ours.
   */
  readonly state: 'created' | 'adopted' | 'found'
  /** What ours is called. */
  readonly name: string
  /** What it is called there. */
  readonly remoteName: string
  /** The fingerprint of what was sent last; empty before anything was. */
  readonly sent: string
  /** The fingerprint of what the target made of it; empty where that is not known yet. */
  readonly kept: string
}

/** Where it is kept. */
export interface ScimRecordStore {
  /** All of a provider, in one statement. */
  list(providerId: string): Promise<readonly ScimRecord[]>
  /** Adds it, or replaces the one of the same user or group. */
  save(record: ScimRecord): Promise<void>
  remove(record: Pick<ScimRecord, 'providerId' | 'kind' | 'localId'>): Promise<void>
  removeByProvider(providerId: string): Promise<void>
  /** The first few that were found, by name, and how many there are. */
  found(providerId: string, limit: number): Promise<{ readonly items: readonly ScimRecord[]; readonly total: number }>
  /** Makes ours what was found: one, or everything. Returns how many. */
  adopt(providerId: string, one?: Pick<ScimRecord, 'kind' | 'localId'>): Promise<number>
}
