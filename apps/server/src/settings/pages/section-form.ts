import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { Context } from 'koa'
import { isColor } from '../../appearance/accent.ts'
import { formText, formTexts } from '../../http/form.ts'
import { type ParsedChanges, parseTexts } from '../changes.ts'
import { type SettingField, type SettingKey, type SettingValues, settingOf } from '../definitions.ts'
import type { Settings } from '../settings.ts'

/** The form values by setting, as displayed. */
export type Entered = ReadonlyMap<SettingKey, string>

export function shownSettings(fields: readonly SettingField[], present: SettingValues): Entered {
  return new Map(fields.map((field) => [field.key, shownValue(field, present[field.key])]))
}

/** The displayed value; the inverse of `textOf`. */
export function shownValue({ key, control }: SettingField, value: unknown): string {
  if (control.kind === 'secret') return ''
  const text = settingOf(key).kind.format(value)
  if (control.kind === 'lines' && typeof value === 'string') return JSON.parse(value || '[]').join('\n')
  return control.kind === 'claims' ? claimLines(text) : text
}

/** The submitted values of editable fields; the others stay unchanged. */
export function enteredSettings(ctx: Context, fields: readonly SettingField[]): Entered {
  return new Map(
    fields.map(({ key, control }) => {
      if (control.kind === 'switch') return [key, String(formText(ctx, key, 10) === 'true')]
      if (control.kind === 'groups') return [key, JSON.stringify(formTexts(ctx, key).filter((id) => id !== ''))]
      if (control.kind === 'color') return [key, colorSent(ctx, key)]
      const sent = formText(ctx, key, 40_000)
      return [key, control.kind === 'secret' ? sent : sent.trim()]
    }),
  )
}

/** A predefined color, or the custom one; a missing one is rejected like any other that is no color. */
function colorSent(ctx: Context, key: string): string {
  const chosen = formText(ctx, key, 100)
  return (chosen === 'own' && formText(ctx, `${key}Own`, 1000).trim()) || chosen
}

/** The resulting changes, and all problems. An empty secret is kept unless `removed` contains it. */
export function changesOf(
  fields: readonly SettingField[],
  entered: Entered,
  removed: ReadonlySet<SettingKey>,
): ParsedChanges {
  const kept = fields.filter(({ key, control }) => control.kind !== 'secret' || entered.get(key) || removed.has(key))
  const texts = kept.map((field) => {
    const { key } = field
    return [key, removed.has(key) ? '' : textOf(field, entered.get(key) ?? '')]
  })
  const { changes, problems } = parseTexts(Object.fromEntries(texts))
  const unreadable = formatProblems(fields, entered)
  const isReadable = ({ field }: FieldError) => !unreadable.some((problem) => problem.field === field)
  return { changes, problems: [...unreadable, ...problems.filter(isReadable)] }
}

/** Problems that a page describes by its control: numbers out of bounds, or invalid colors. */
function formatProblems(fields: readonly SettingField[], entered: Entered): readonly FieldError[] {
  return fields.flatMap(({ key, control }): FieldError[] => {
    const text = entered.get(key) ?? ''
    if (control.kind === 'color' && text !== '' && text !== 'default' && !isColor(text))
      return [{ field: key, code: 'invalid_format', message: 'must be a color' }]
    if (control.kind !== 'number') return []
    const { min, max } = control
    const isInRange = /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
    return isInRange ? [] : [{ field: key, code: 'out_of_range', message: `must be a number from ${min} to ${max}` }]
  })
}

/** The text of a setting from the displayed value. */
function textOf({ key, control }: SettingField, entered: string): string {
  if (control.kind === 'claims') return claimList(entered)
  return control.kind === 'lines' && settingOf(key).kind.parseItems === undefined
    ? JSON.stringify(linesOf(entered))
    : entered
}

function linesOf(entered: string): readonly string[] {
  return entered.split(/[\r\n]+/).flatMap((line) => line.trim() || [])
}

/** One claim per line if possible, otherwise the stored JSON. */
function claimLines(stored: string): string {
  // Validated when it was stored.
  const claims: readonly CustomClaim[] = JSON.parse(stored || '[]')
  const lines = claims.map(({ key, value }) => `${key} = ${value}`).join('\n')
  return claimList(lines) === JSON.stringify(claims.map(({ key, value }) => ({ key, value }))) ? lines : stored
}

function claimList(entered: string): string {
  if (entered.trim().startsWith('[')) return entered.trim()
  const claims = linesOf(entered).map((line): CustomClaim => {
    const separator = line.indexOf('=')
    return separator < 0
      ? { key: line, value: '' }
      : { key: line.slice(0, separator).trim(), value: line.slice(separator + 1).trim() }
  })
  return JSON.stringify(claims)
}

/** The environment variable that overrides a setting, if any. */
export function lockOf(key: SettingKey, settings: Pick<Settings, 'isFixed' | 'uiConfigDisabled'>): string | null {
  if (settings.uiConfigDisabled) return 'UI_CONFIG_DISABLED'
  return settings.isFixed(key) ? settingOf(key).variable : null
}
