import type { ScimKind } from './resource.ts'

/** The stored state of an object in a target. */
export interface ScimRecord {
  readonly providerId: string
  readonly kind: ScimKind
  readonly localId: string
  readonly remoteId: string
  /**
   * `created`: created by us or recognized by our ID; `adopted`: existed before and was assigned to us by an administrator;
   * `found`: exists with a matching name, but is not managed.
   */
  readonly state: 'created' | 'adopted' | 'found'
  readonly name: string
  readonly remoteName: string
  /** The fingerprint of the last sent content; empty if nothing was sent yet. */
  readonly sentFingerprint: string
  /** The fingerprint of the content that the target stored; empty if unknown. */
  readonly storedFingerprint: string
}

/** Stores the records. */
export interface ScimRecordStore {
  /** All records of a provider, in one statement. */
  list(providerId: string): Promise<readonly ScimRecord[]>
  /** Adds the record, or replaces the one of the same user or group. */
  save(record: ScimRecord): Promise<void>
  remove(record: Pick<ScimRecord, 'providerId' | 'kind' | 'localId'>): Promise<void>
  removeByProvider(providerId: string): Promise<void>
  /** The first `found` records by name, and their total count. */
  listFound(
    providerId: string,
    limit: number,
  ): Promise<{ readonly items: readonly ScimRecord[]; readonly total: number }>
  /** Adopts found objects: one, or all. Returns the number of adopted objects. */
  adopt(providerId: string, record?: Pick<ScimRecord, 'kind' | 'localId'>): Promise<number>
}
