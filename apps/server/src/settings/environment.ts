import type { Reader } from '../config/reader.ts'
import {
  asBoolean,
  type GivenValue,
  InvalidValueError,
  parseBoolean,
  type Section,
  type Variable,
} from '../config/variable.ts'
import { faultOf, type SettingDefinition } from './definition.ts'
import { type Setting, type SettingKey, settingDefinitions } from './definitions.ts'

const uiConfigDisabled: Variable<boolean> = {
  name: 'UI_CONFIG_DISABLED',
  type: 'boolean',
  default: 'false',
  description:
    'Whether settings come from the environment only: stored values are ignored, and neither pages nor the API can change them.',
  parse: parseBoolean,
}

const typeNames: Readonly<Record<SettingDefinition['type'], string>> = {
  string: 'text',
  int: 'integer',
  bool: 'boolean',
}

const variables = settingDefinitions.map((definition) => [definition, variableOf(definition)] as const)

export const settingsSection = {
  title: 'Settings',
  introduction:
    'Settings of the instance that administrators can change at run time. A variable overrides the stored value and locks this setting.',
  variables: {
    uiConfigDisabled,
    ...Object.fromEntries(variables.map(([{ key }, variable]) => [key, variable])),
  },
} satisfies Section

/** Settings that the environment determines. */
export interface SettingsConfig {
  readonly settings: {
    /** Whether all settings come from the environment only. */
    readonly uiConfigDisabled: boolean
    /** Values of settings fixed by the environment. */
    readonly fixed: ReadonlyMap<SettingKey, string>
  }
}

export function readSettings(reader: Reader): SettingsConfig {
  const given = variables.map(([{ key }, variable]) => [key, reader.read(variable)] as const)
  return {
    settings: {
      uiConfigDisabled: reader.read(uiConfigDisabled) ?? false,
      fixed: new Map(
        given.flatMap(([key, value]): [SettingKey, string][] => (value === undefined ? [] : [[key, value]])),
      ),
    },
  }
}

function variableOf(definition: Setting): Variable<string> {
  return {
    name: definition.env,
    type: typeNames[definition.type],
    default: definition.default || 'none',
    ...(definition.sensitive && { secret: true }),
    description: definition.description,
    parse: (given) => checked(definition, given),
  }
}

function checked(definition: Setting, { text }: GivenValue): string {
  const truth = definition.type === 'bool' ? asBoolean(text) : undefined
  const value = truth === undefined ? text : String(truth)
  const fault = faultOf(definition, value)
  if (fault === undefined) return value
  const shown = definition.sensitive ? 'it' : `"${text.slice(0, 100)}"`
  throw new InvalidValueError(
    `${shown} ${fault.message}`,
    `Correct it, or remove ${definition.env} and set ${definition.key} in the settings.`,
  )
}
