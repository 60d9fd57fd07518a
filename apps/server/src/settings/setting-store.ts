/** A stored setting; a sensitive value is encrypted. */
export interface StoredSetting {
  readonly key: string
  readonly value: string
}

/** Stores settings that differ from their defaults. */
export interface SettingStore {
  list(): Promise<readonly StoredSetting[]>
  /** Locks the store against other writers until the end of the transaction. */
  lock(): Promise<void>
  put(setting: StoredSetting): Promise<void>
  remove(key: string): Promise<void>
}
