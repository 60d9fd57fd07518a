import type { Reader } from '../../config/reader.ts'
import type { Section } from '../../config/variable.ts'
import { type OwnSettingValues, ownSettingKeys, ownSettings } from './definitions.ts'

export const ownSettingsSection = {
  title: 'Additional settings',
  introduction: 'Administrators change these at `/api/settings`. A variable overrides the stored value of its setting.',
  variables: Object.fromEntries(ownSettingKeys.map((key) => [key, ownSettings[key].variable])),
} satisfies Section

export interface OwnSettingsConfig {
  /** Pocket's own settings fixed by the environment. */
  readonly ownSettings: Partial<OwnSettingValues>
}

export function readOwnSettings(reader: Reader): OwnSettingsConfig {
  const given = ownSettingKeys.flatMap((key) => {
    const value = reader.read<OwnSettingValues[typeof key]>(ownSettings[key].variable)
    return value === undefined ? [] : [[key, value]]
  })
  return { ownSettings: Object.fromEntries(given) }
}
