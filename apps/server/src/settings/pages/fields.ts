import { perSetting, type SettingKey } from '../definitions.ts'
import type { OwnSettingKey } from '../own/definitions.ts'
import { ownSettings } from '../own/definitions.ts'
import type { AnySettingKey } from '../save-section.ts'

/** The form control of a setting. */
export type Control =
  /** A single line; `long` for URLs and host names. */
  | { readonly kind: 'text'; readonly maxlength: number; readonly optional?: true; readonly type?: 'email' }
  /** An integer. */
  | {
      readonly kind: 'number'
      readonly unit: 'minutes' | 'days' | 'seconds' | 'percent' | null
      readonly least: number
      readonly most: number
    }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** Never displayed: an empty field keeps the secret. */
  | { readonly kind: 'secret' }
  /** One value per line. */
  | { readonly kind: 'lines' }
  /** Multi-line text. */
  | { readonly kind: 'block' }
  /** One name and value per line. */
  | { readonly kind: 'claims' }
  /** Group IDs. */
  | { readonly kind: 'groups' }
  | { readonly kind: 'color' }

export interface SettingField {
  readonly key: AnySettingKey
  readonly control: Control
}

/** Related settings below one heading. */
export interface SettingGroup {
  readonly name: string
  readonly fields: readonly SettingField[]
}

const contractKeys = perSetting(() => true)

export function isContractKey(key: AnySettingKey): key is SettingKey {
  return Object.hasOwn(contractKeys, key)
}

export function text(key: SettingKey, maxlength: number, more: { optional?: true; type?: 'email' } = {}): SettingField {
  return { key, control: { kind: 'text', maxlength, ...more } }
}

export function toggle(key: AnySettingKey): SettingField {
  return { key, control: { kind: 'switch' } }
}

export function choice(key: SettingKey, options: readonly string[]): SettingField {
  return { key, control: { kind: 'choice', options } }
}

/** A choice of the allowed values of a setting. */
export function ownChoice(key: OwnSettingKey): SettingField {
  return { key, control: { kind: 'choice', options: ownSettings[key].schema.enum ?? [] } }
}

/** A number within the bounds of the setting's schema. */
export function ownNumber(key: OwnSettingKey, unit: 'minutes' | 'days' | 'seconds' | 'percent'): SettingField {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = ownSettings[key].schema
  return { key, control: { kind: 'number', unit, least: minimum, most: maximum } }
}
