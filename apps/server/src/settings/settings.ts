import type { AuditSink, MasterKey, Transaction } from '@pocket/core'
import { ForbiddenError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import type { SettingChanges } from './changes.ts'
import {
  isPocketIdKey,
  perSetting,
  type SettingKey,
  type SettingValues,
  settingKeys,
  settingOf,
} from './definitions.ts'
import type { SettingsConfig } from './environment.ts'
import { dropSecretsOfOldServers } from './server-secrets.ts'
import type { StoredSetting } from './setting.table.ts'
import { parseText } from './setting.ts'
import type { SettingStore } from './setting-store.ts'

export const settingPurpose = 'setting'

export interface SettingsDeps {
  readonly store: SettingStore
  readonly masterKey: MasterKey
  readonly environment: SettingsConfig['settings']
  readonly audit: AuditSink
  readonly transaction: Transaction
  /** Receives read errors when the last known settings are used instead. */
  readonly onError: (error: unknown) => void
}

export interface ChangeOptions {
  /** The settings that the precondition of the actor covers, so that two administrators can change different ones concurrently. */
  readonly keys: readonly SettingKey[]
  /** Receives the settings that change, before they are written. */
  readonly assertCanChange?: (keys: readonly SettingKey[]) => Promise<void>
}

/** The settings of the instance: from the environment, otherwise stored, otherwise the defaults. */
export interface Settings {
  /** Whether all settings are read-only because the environment provides them. */
  readonly uiConfigDisabled: boolean
  isFixed(key: SettingKey): boolean
  /** All values, with decrypted secrets; changes by other processes take effect within two seconds. */
  values(): Promise<SettingValues>
  /** Like `values`, but falls back to the last known values if reading fails: sufficient for display. */
  lastKnown(): Promise<SettingValues>
  /** All values as currently stored. */
  present(): Promise<SettingValues>
  /**
   * Writes these validated values in one transaction; the other settings stay unchanged. A secret is never sent to another server.
   *
   * @throws {ForbiddenError} `ui_config_disabled`, with `details.key`, if the environment provides other values
   * @throws {InvalidInputError} `validation_failed` if a stored secret would be sent to another server
   * @throws {PreconditionFailedError} `precondition_failed` if one of `keys` has changed since it was read
   */
  change(actor: Actor, changes: SettingChanges, options: ChangeOptions): Promise<SettingValues>
  /** Registers a listener that receives the changed settings and all resulting values, within the transaction. */
  whenChanged(listener: SettingsListener): void
}

export type SettingsListener = (keys: readonly SettingKey[], values: SettingValues) => Promise<void>

/** Reads the settings at startup, so that last known values always exist. */
export async function createSettings(deps: SettingsDeps): Promise<Settings> {
  const { store, masterKey, environment, audit, transaction, onError } = deps
  const { uiConfigDisabled, fixed } = environment
  const listeners: SettingsListener[] = []
  const isFixed = (key: SettingKey) => uiConfigDisabled || Object.hasOwn(fixed, key)

  const parseStored = (key: SettingKey, row: string | undefined): unknown => {
    const setting = settingOf(key)
    if (row === undefined) return setting.default
    if (setting.kind.isSecret) return masterKey.decrypt(settingPurpose, row)
    if (!isPocketIdKey(key)) return JSON.parse(row)
    const parsed = parseText(setting, row)
    return 'value' in parsed ? parsed.value : setting.default
  }

  const toValues = (settings: readonly StoredSetting[]): SettingValues => {
    const rows = new Map(settings.map(({ key, value }) => [key, value]))
    // The cast is safe: stored values were validated when they were written.
    return { ...perSetting(settingKeys, (key) => parseStored(key, rows.get(key))), ...fixed } as SettingValues
  }

  const present = async (): Promise<SettingValues> => toValues(uiConfigDisabled ? [] : await store.list())

  const write = async (key: SettingKey, value: unknown): Promise<void> => {
    const row = toStoredSetting(masterKey, key, value)
    await (row === undefined ? store.remove(key) : store.put(row))
  }

  let known: { readonly values: SettingValues; readonly rows?: readonly StoredSetting[] } = { values: await present() }

  const values = async (): Promise<SettingValues> => {
    if (uiConfigDisabled) return known.values
    const before = known
    const rows = await store.listCached()
    // A concurrent write is newer than the rows read here.
    if (known === before && rows !== before.rows) known = { values: toValues(rows), rows }
    return known.values
  }

  return {
    uiConfigDisabled,
    isFixed,
    values,
    lastKnown: () =>
      values().catch((error: unknown) => {
        onError(error)
        return known.values
      }),
    present,
    async change(actor, changes, { keys, assertCanChange }) {
      const written = await transaction(async () => {
        await store.lock()
        const before = await present()
        assertUnchanged(actor, settingsValidator(before, keys))
        const wanted = { ...before, ...changes }
        const changedBetween = (after: SettingValues) => settingKeys.filter((key) => !isSame(after[key], before[key]))
        assertNotFixed(changedBetween(wanted).filter(isFixed))
        const after = dropSecretsOfOldServers(before, wanted, (key) => isFixed(key) || Object.hasOwn(changes, key))
        const changed = changedBetween(after)
        await assertCanChange?.(changed)
        if (changed.length === 0) return after
        for (const key of changed) await write(key, after[key])
        const secret = settingKeys.filter((key) => settingOf(key).kind.isSecret)
        const differences = changesBetween(toAuditValues(before), toAuditValues(after), { secret })
        await audit.record({ event: 'settings_changed', keys: changed, by: actor.id, ...differences }, actor.origin)
        for (const listener of listeners) await listener(changed, after)
        return after
      })
      known = { values: written }
      return written
    },
    whenChanged: (listener) => void listeners.push(listener),
  }
}

/** The stored form of a validated value; `undefined` for the default, which is not stored. */
export function toStoredSetting(masterKey: MasterKey, key: SettingKey, value: unknown): StoredSetting | undefined {
  const { kind, default: standard } = settingOf(key)
  if (isSame(value, standard)) return undefined
  const text = isPocketIdKey(key) ? kind.format(value) : JSON.stringify(value)
  return { key, value: kind.isSecret ? masterKey.encrypt(settingPurpose, text) : text }
}

/** For a secret it covers only whether one is set: a digest would allow guessing. */
export function settingsValidator(values: SettingValues, keys: readonly SettingKey[]): string {
  return validatorOf(keys.map((key) => (settingOf(key).kind.isSecret ? values[key] !== '' : values[key])))
}

/** The values of an audit event, in the form of their API. */
function toAuditValues(values: SettingValues): Readonly<Record<SettingKey, unknown>> {
  return perSetting(settingKeys, (key) => (isPocketIdKey(key) ? settingOf(key).kind.format(values[key]) : values[key]))
}

/** Sending the value of the environment back is allowed, so that a client can write everything it has read. */
function assertNotFixed(keys: readonly SettingKey[]): void {
  if (keys.length === 0) return
  const names = keys.map((key) => settingOf(key).variable).join(', ')
  throw new ForbiddenError('ui_config_disabled', `The environment decides this: ${names}.`, {
    details: { key: keys.join(', ') },
  })
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
