import type { Reader } from '../config/reader.ts'
import { InvalidValueError, parseBoolean, type Section, type Variable } from '../config/variable.ts'
import { additionalKeys, pocketIdKeys, type SettingKey, type SettingValues, settingOf } from './definitions.ts'
import { parseText } from './setting.ts'

const uiConfigDisabled: Variable<boolean> = {
  name: 'UI_CONFIG_DISABLED',
  type: 'boolean',
  default: 'false',
  description:
    'Whether settings come from the environment only: stored values are ignored, and neither pages nor the API can change them.',
  parse: parseBoolean,
}

const variables = [...pocketIdKeys, ...additionalKeys].map((key) => [key, variableOf(key)] as const)

export const settingsSection = {
  title: 'Settings',
  introduction:
    'Settings of the instance that administrators can change at run time. A variable overrides the stored value and locks this setting.',
  variables: { uiConfigDisabled, ...Object.fromEntries(variables.slice(0, pocketIdKeys.length)) },
} satisfies Section

export const additionalSettingsSection = {
  title: 'Additional settings',
  introduction: 'Administrators change these at `/api/settings`. A variable overrides the stored value of its setting.',
  variables: Object.fromEntries(variables.slice(pocketIdKeys.length)),
} satisfies Section

export interface SettingsConfig {
  readonly settings: {
    /** Whether all settings come from the environment only. */
    readonly uiConfigDisabled: boolean
    readonly fixed: Partial<SettingValues>
  }
}

export function readSettings(reader: Reader): SettingsConfig {
  const given = variables.map(([key, variable]) => [key, reader.read(variable)] as const)
  return {
    settings: {
      uiConfigDisabled: reader.read(uiConfigDisabled) ?? false,
      fixed: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    },
  }
}

function variableOf(key: SettingKey): Variable<unknown> {
  const setting = settingOf(key)
  const { kind, variable: name, description, defaultText = kind.format(setting.default) || 'none' } = setting
  return {
    name,
    type: kind.documentation,
    default: defaultText,
    ...(kind.unit && { unit: kind.unit }),
    ...(kind.isSecret && { secret: true }),
    description,
    parse({ text }) {
      const parsed = parseText(setting, kind.normalize?.(text) ?? text)
      if ('value' in parsed) return parsed.value
      const { fault } = parsed
      const shown = kind.isSecret ? 'it' : `"${(fault.text ?? text).slice(0, 100)}"`
      throw new InvalidValueError(
        `${shown} ${fault.message}`,
        `Correct it, or remove ${name} and set ${key} in the settings.`,
      )
    },
  }
}
