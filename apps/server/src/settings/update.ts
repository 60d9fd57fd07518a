import { type FieldError, ForbiddenError, InvalidInputError } from '@pocket/core/errors'
import { faultOf, placeholder } from './definition.ts'
import { type Setting, type SettingKey, settingDefinitions } from './definitions.ts'

/** The values of an update; a missing value counts as empty. */
export type GivenSettings = Readonly<Partial<Record<SettingKey, string>>>

/**
 * The values to write, without unchanged settings: fixed ones, secrets with the placeholder, and missing ones if `absent` says
 * so.
 *
 * @throws {InvalidInputError} `validation_failed` with every invalid field
 * @throws {ForbiddenError} `ui_config_disabled` with the fixed settings in `details.key`, if the update would change them
 */
export function readUpdate(
  given: GivenSettings,
  fixed: ReadonlyMap<SettingKey, string>,
  absent: 'empty' | 'kept' = 'empty',
): ReadonlyMap<SettingKey, string> {
  const free = settingDefinitions.filter(
    ({ key }) => !fixed.has(key) && (absent === 'empty' || Object.hasOwn(given, key)),
  )
  const wanted = new Map(free.map((definition) => [definition, given[definition.key] ?? '']))
  assertValid(wanted)
  assertFixedUnchanged(given, fixed)
  const written = [...wanted].filter(([{ sensitive }, text]) => !(sensitive && text === placeholder))
  return new Map(written.map(([definition, text]) => [definition.key, text === '' ? definition.default : text]))
}

/** The validation errors of these values. */
export function settingFaults(wanted: Iterable<readonly [Setting, string]>): readonly FieldError[] {
  return [...wanted].flatMap(([definition, text]): FieldError[] => {
    const fault = faultOf(definition, text)
    return fault === undefined ? [] : [{ field: definition.key, ...fault }]
  })
}

function assertValid(wanted: ReadonlyMap<Setting, string>): void {
  const fields = settingFaults(wanted)
  if (fields.length === 0) return
  const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
  throw new InvalidInputError('validation_failed', text.charAt(0).toUpperCase() + text.slice(1), { fields })
}

function assertFixedUnchanged(given: GivenSettings, fixed: ReadonlyMap<SettingKey, string>): void {
  const changed = settingDefinitions.filter(({ key, sensitive }) => {
    const text = given[key]
    return fixed.has(key) && text !== undefined && text !== fixed.get(key) && !(sensitive && text === placeholder)
  })
  if (changed.length === 0) return
  const names = changed.map(({ env }) => env).join(', ')
  throw new ForbiddenError('ui_config_disabled', `The environment decides this: ${names}.`, {
    details: { key: changed.map(({ key }) => key).join(', ') },
  })
}
