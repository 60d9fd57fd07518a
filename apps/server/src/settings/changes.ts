import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import { type SettingKey, type SettingValues, settingOf } from './definitions.ts'
import { type Parsed, parseJson, parseText } from './setting.ts'

export type SettingChanges = Partial<SettingValues>

export interface ParsedChanges {
  readonly changes: SettingChanges
  readonly problems: readonly FieldError[]
}

/** Parses the strings of a form or of Pocket ID's API. */
export function parseTexts(given: Readonly<Partial<Record<SettingKey, string>>>): ParsedChanges {
  return parseEach(given, (key, value) => parseText(settingOf(key), String(value)))
}

/** Parses the values of `/api/settings`, which match the schemas. */
export function parseValues(given: Readonly<Partial<Record<SettingKey, unknown>>>): ParsedChanges {
  return parseEach(given, (key, value) => parseJson(settingOf(key), value))
}

function parseEach(
  given: Readonly<Partial<Record<SettingKey, unknown>>>,
  parse: (key: SettingKey, value: unknown) => Parsed<unknown>,
): ParsedChanges {
  const problems: FieldError[] = []
  const changes: [SettingKey, unknown][] = []
  // The cast is safe: the type names the keys.
  for (const [key, value] of Object.entries(given) as [SettingKey, unknown][]) {
    if (value === undefined) continue
    const parsed = parse(key, value)
    if ('value' in parsed) changes.push([key, parsed.value])
    else {
      const { at = '', code, message } = parsed.fault
      problems.push({ field: key + at, code, message })
    }
  }
  return { changes: Object.fromEntries(changes), problems }
}

/** @throws {InvalidInputError} `validation_failed` with every invalid field */
export function validChanges({ changes, problems }: ParsedChanges): SettingChanges {
  if (problems.length === 0) return changes
  const text = problems.map(({ field, message }) => `${field} ${message}`).join(', ')
  throw new InvalidInputError('validation_failed', text.charAt(0).toUpperCase() + text.slice(1), { fields: problems })
}
