import type { MasterKey } from '@pocket/core'
import { durablePurposes } from '@pocket/core/internal'
import type { Database } from '@pocket/core/internal/sql'

/*
 * Keys that an earlier master key derived and that must not change. They are stored among the settings, encrypted with the
 * current master key.
 */

export const durableKeysSetting = 'durableKeys'
export const durableKeysPurpose = 'durable keys'

/** The master key with the derived keys that an earlier one left. */
export async function withDurableKeys(masterKey: MasterKey, database: Database): Promise<MasterKey> {
  const [row] = await database.query<{ value: string }>('SELECT value FROM pocket_setting WHERE key = $1', [
    durableKeysSetting,
  ])
  if (row === undefined) return masterKey
  const keys: Readonly<Record<string, string>> = JSON.parse(masterKey.decrypt(durableKeysPurpose, row.value))
  return masterKey.withDerived(
    new Map(Object.entries(keys).map(([purpose, key]) => [purpose, Buffer.from(key, 'base64url')])),
  )
}

/** Stores the keys derived from the previous master key, encrypted with the next one. */
export async function storeDurableKeys(previous: MasterKey, next: MasterKey, database: Database): Promise<void> {
  const keys = Object.fromEntries(
    durablePurposes.map((purpose) => [purpose, previous.derive(purpose).toString('base64url')]),
  )
  const value = next.encrypt(durableKeysPurpose, JSON.stringify(keys))
  await database.execute(
    'INSERT INTO pocket_setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2',
    [durableKeysSetting, value],
  )
}
