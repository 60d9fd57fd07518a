import type { SettingDefinition } from './definition.ts'
import { emailSettings } from './keys/email.ts'
import { generalSettings } from './keys/general.ts'
import { ldapSettings } from './keys/ldap.ts'
import { passkeySettings } from './keys/passkey.ts'

const all = [...generalSettings, ...emailSettings, ...ldapSettings, ...passkeySettings] as const

export type SettingKey = (typeof all)[number]['key']

/** A definition with a known key. */
export interface Setting extends SettingDefinition {
  readonly key: SettingKey
}

/** Every setting, in the order of the REST API. */
export const settingDefinitions: readonly Setting[] = all

/** The value of every setting. */
export type SettingValues = Readonly<Record<SettingKey, string>>

/** An object with one member for every setting. */
export function perSetting<const Value>(make: (definition: Setting) => Value): Readonly<Record<SettingKey, Value>> {
  // The cast is safe: `Object.fromEntries` loses the keys, but every key is present.
  return Object.fromEntries(settingDefinitions.map((each) => [each.key, make(each)])) as Record<SettingKey, Value>
}

export const defaultValues: SettingValues = perSetting((definition) => definition.default)
