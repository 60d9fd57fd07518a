/** A setting as it is stored: the value of a sensitive one is encrypted. */
export interface StoredSetting {
  readonly key: string
  readonly value: string
}

/** Where settings are kept that differ from their defaults. */
export interface SettingStore {
  list(): Promise<readonly StoredSetting[]>
  /** Until the end of the transaction nobody else writes. */
  lock(): Promise<void>
  put(setting: StoredSetting): Promise<void>
  remove(key: string): Promise<void>
}
