import type { AuditSink, Clock, MasterKey, Transaction } from '@pocket/core'
import { ForbiddenError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import { perSetting, type Setting, type SettingKey, type SettingValues, settingDefinitions } from './definitions.ts'
import type { SettingsConfig } from './environment.ts'
import { keepingSecrets } from './secrets-stay.ts'
import type { SettingStore } from './setting-store.ts'
import { type GivenSettings, readUpdate } from './update.ts'

export interface SettingsPorts {
  readonly store: SettingStore
  readonly masterKey: MasterKey
  readonly environment: SettingsConfig['settings']
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
  /** Receives read errors when the last known settings are used instead. */
  readonly onError: (error: unknown) => void
}

/** The settings of the instance: from the environment, otherwise stored, otherwise the defaults. */
export interface Settings {
  /** Whether all settings are read-only because the environment provides them. */
  readonly uiConfigDisabled: boolean
  /** Whether the environment provides this setting. */
  isFixed(key: SettingKey): boolean
  /** All values, with decrypted secrets; changes by other replicas take effect after 5 seconds. */
  values(): Promise<SettingValues>
  /** Like `values`, but falls back to the last known values if reading fails: sufficient for display. */
  lastKnown(): Promise<SettingValues>
  /** All values as currently stored. */
  present(): Promise<SettingValues>
  /**
   * Writes all settings at once. A missing value counts as empty; the placeholder keeps a secret, which is never sent to another
   * server. `assertCanChange` receives the changes before they are written.
   *
   * @throws {ForbiddenError} `ui_config_disabled`, with `details.key` for settings that the environment provides
   * @throws {InvalidInputError} `validation_failed` with every invalid field
   */
  replace(
    actor: Actor,
    given: GivenSettings,
    assertCanChange?: (keys: readonly SettingKey[]) => Promise<void>,
  ): Promise<SettingValues>
  /** Writes the given settings; missing ones stay unchanged. @throws as `replace` */
  change(actor: Actor, given: GivenSettings): Promise<SettingValues>
  /** Registers a listener that receives the written settings and all resulting values, within the transaction. */
  whenChanged(listener: SettingsListener): void
}

export type SettingsListener = (keys: readonly SettingKey[], values: SettingValues) => Promise<void>

const maxAge = 5000

/** Reads the settings at startup, so that last known values always exist. */
export async function createSettings(ports: SettingsPorts): Promise<Settings> {
  const { store, environment, audit, transaction, clock, onError } = ports
  const { uiConfigDisabled, fixed } = environment
  const load = () => readSettings(ports)
  const listeners: SettingsListener[] = []
  let known = { values: await load(), readAt: clock.now() }

  // Concurrent reads are not shared: a shared one could wait for a transaction that the first caller has open.
  const values = async (): Promise<SettingValues> => {
    const before = known
    const readAt = clock.now()
    const age = readAt - before.readAt
    if (uiConfigDisabled || (age >= 0 && age < maxAge)) return before.values
    const read = { values: await load(), readAt }
    // A write in the meantime is newer than the values read here.
    if (known === before) known = read
    return known.values
  }

  const write = async (
    actor: Actor,
    given: GivenSettings,
    absent: 'empty' | 'kept',
    assertCanChange?: (keys: readonly SettingKey[]) => Promise<void>,
  ): Promise<SettingValues> => {
    if (uiConfigDisabled)
      throw new ForbiddenError(
        'ui_config_disabled',
        'The UI configuration is disabled: all settings come from the environment.',
      )
    const update = readUpdate(given, fixed, absent)
    const written = await transaction(async () => {
      await store.lock()
      const before = await load()
      assertUnchanged(actor, settingsValidator(before))
      const wanted = perSetting(({ key }) => update.get(key) ?? before[key])
      const after = keepingSecrets(before, wanted, (key) => fixed.has(key) || update.has(key))
      const changed = settingDefinitions.filter(({ key }) => after[key] !== before[key])
      const keys = changed.map(({ key }) => key)
      await assertCanChange?.(keys)
      for (const definition of changed) await writeOne(ports, definition, after[definition.key])
      const secret = settingDefinitions.flatMap(({ key, sensitive }) => (sensitive ? [key] : []))
      const changes = changesBetween(before, after, { secret })
      if (keys.length > 0)
        await audit.record({ event: 'settings_changed', keys, by: actor.id, ...changes }, actor.origin)
      for (const listener of listeners) await listener(keys, after)
      return after
    })
    known = { values: written, readAt: clock.now() }
    return written
  }

  return {
    uiConfigDisabled,
    isFixed: (key) => uiConfigDisabled || fixed.has(key),
    values,
    lastKnown: () =>
      values().catch((error: unknown) => {
        onError(error)
        return known.values
      }),
    present: load,
    replace: (actor, given, assertCanChange) => write(actor, given, 'empty', assertCanChange),
    change: (actor, given) => write(actor, given, 'kept'),
    whenChanged: (listener) => void listeners.push(listener),
  }
}

/** For a secret it covers only whether one is set: a digest would allow guessing. */
export function settingsValidator(values: SettingValues): string {
  return validatorOf(settingDefinitions.map(({ key, sensitive }) => (sensitive ? values[key] !== '' : values[key])))
}

async function readSettings({ store, masterKey, environment }: SettingsPorts): Promise<SettingValues> {
  const { uiConfigDisabled, fixed } = environment
  const rows = uiConfigDisabled ? [] : await store.list()
  const stored = new Map(rows.map(({ key, value }) => [key, value]))
  return perSetting((definition) => {
    const known = fixed.get(definition.key)
    if (known !== undefined) return known
    const value = stored.get(definition.key)
    if (value === undefined) return definition.default
    return definition.sensitive ? masterKey.decrypt('setting', value) : value
  })
}

async function writeOne({ store, masterKey }: SettingsPorts, definition: Setting, value: string): Promise<void> {
  const { key, sensitive, default: usual } = definition
  if (value === usual) return store.remove(key)
  return store.put({ key, value: sensitive ? masterKey.encrypt('setting', value) : value })
}
