import type { Transaction } from '@pocket/core'
import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import { type SettingKey, type SettingValues, settingDefinitions } from './definitions.ts'
import { type OwnSettingKey, type OwnSettingValues, ownSettingKeys } from './own/definitions.ts'
import { type GivenOwnSettings, type OwnSettings, ownSettingFaults } from './own/settings.ts'
import type { SettingStore } from './setting-store.ts'
import type { Settings } from './settings.ts'
import { type GivenSettings, settingFaults } from './update.ts'

/** A consistent snapshot of both kinds of settings. */
export interface PresentSettings {
  readonly contract: SettingValues
  readonly own: OwnSettingValues
}

/** The changes of a section; missing settings stay unchanged. */
export interface SectionChanges {
  readonly contract: GivenSettings
  readonly own: GivenOwnSettings
}

export type AnySettingKey = SettingKey | OwnSettingKey

export interface SettingSectionPorts {
  readonly store: Pick<SettingStore, 'lock'>
  readonly settings: Settings
  readonly ownSettings: OwnSettings
  readonly transaction: Transaction
}

/** Settings that are displayed and saved together. */
export interface SettingSections {
  present(): Promise<PresentSettings>
  /**
   * Saves the settings of a section atomically. The precondition of `actor` covers only `keys`, so that two administrators can
   * edit different sections at the same time.
   *
   * @throws {PreconditionFailedError} `precondition_failed` if one of `keys` has changed since it was read
   * @throws {InvalidInputError} `validation_failed` with every invalid field @throws {ForbiddenError} `ui_config_disabled`
   */
  save(actor: Actor, keys: readonly AnySettingKey[], changes: SectionChanges): Promise<void>
}

export function createSettingSections({
  store,
  settings,
  ownSettings,
  transaction,
}: SettingSectionPorts): SettingSections {
  const present = async (): Promise<PresentSettings> => ({
    contract: await settings.present(),
    own: await ownSettings.values(),
  })
  return {
    present,
    async save({ ifMatch, ...actor }, keys, { contract, own }) {
      assertValid({ contract, own })
      await transaction(async () => {
        await store.lock()
        assertUnchanged(ifMatch === undefined ? {} : { ifMatch }, sectionValidator(await present(), keys))
        await ownSettings.change(actor, own)
        if (Object.keys(contract).length > 0) await settings.change(actor, contract)
      })
    },
  }
}

/** For a secret it covers only whether one is set. */
export function sectionValidator({ contract, own }: PresentSettings, keys: readonly AnySettingKey[]): string {
  const ours = new Set<string>(keys)
  return validatorOf([
    ...settingDefinitions.map(
      ({ key, sensitive }) => ours.has(key) && (sensitive ? contract[key] !== '' : contract[key]),
    ),
    ...ownSettingKeys.map((key) => ours.has(key) && own[key]),
  ])
}

/** The validation errors of these values. */
export function sectionFaults({ contract, own }: SectionChanges): readonly FieldError[] {
  const wanted = settingDefinitions.flatMap((definition) => {
    const text = contract[definition.key]
    return text === undefined ? [] : [[definition, text] as const]
  })
  return [...settingFaults(wanted), ...ownSettingFaults(own)]
}

function assertValid(changes: SectionChanges): void {
  const fields = sectionFaults(changes)
  if (fields.length === 0) return
  const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
  throw new InvalidInputError('validation_failed', text.charAt(0).toUpperCase() + text.slice(1), { fields })
}
