import { perSetting, type SettingKey } from '../definitions.ts'
import type { OwnSettingKey } from '../own/definitions.ts'
import { ownSettings } from '../own/definitions.ts'
import type { AnySettingKey } from '../save-section.ts'

/** How a setting is shown and entered. */
export type Control =
  /** One line; `long` for addresses and names of hosts. */
  | { readonly kind: 'text'; readonly maxlength: number; readonly optional?: true; readonly type?: 'email' }
  /** A whole number. */
  | {
      readonly kind: 'number'
      readonly unit: 'minutes' | 'days' | 'seconds' | 'percent' | null
      readonly least: number
      readonly most: number
    }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** Never shown: empty keeps it. */
  | { readonly kind: 'secret' }
  /** A text in each line. */
  | { readonly kind: 'lines' }
  /** One text of several lines. */
  | { readonly kind: 'block' }
  /** A name and a value in each line. */
  | { readonly kind: 'claims' }
  /** Ids of groups. */
  | { readonly kind: 'groups' }
  | { readonly kind: 'color' }

export interface SettingField {
  readonly key: AnySettingKey
  readonly control: Control
}

/** Settings that answer one question, below one heading. */
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

/** A choice among the words of a setting of our own. */
export function ownChoice(key: OwnSettingKey): SettingField {
  return { key, control: { kind: 'choice', options: ownSettings[key].schema.enum ?? [] } }
}

/** A number of our own settings, within the bounds of its schema. */
export function ownNumber(key: OwnSettingKey, unit: 'minutes' | 'days' | 'seconds' | 'percent'): SettingField {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = ownSettings[key].schema
  return { key, control: { kind: 'number', unit, least: minimum, most: maximum } }
}
