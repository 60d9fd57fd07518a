import type { FieldError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { isColor } from '../../appearance/accent.ts'
import { formText, formTexts } from '../../http/form.ts'
import { settingDefinitions } from '../definitions.ts'
import { ownSettings } from '../own/definitions.ts'
import type { OwnSettings } from '../own/settings.ts'
import type { AnySettingKey, PresentSettings, SectionChanges } from '../save-section.ts'
import type { Settings } from '../settings.ts'
import { isContractKey, type SettingField } from './fields.ts'
import { contractValue, ownValue, shownValue } from './validation.ts'

/** The form values by setting, as displayed. */
export type Entered = ReadonlyMap<AnySettingKey, string>

export function storedValue({ key }: SettingField, { contract, own }: PresentSettings): unknown {
  return isContractKey(key) ? contract[key] : own[key]
}

/** The initial values of the form. */
export function shownSettings(fields: readonly SettingField[], present: PresentSettings): Entered {
  return new Map(fields.map((field) => [field.key, shownValue(field.control, storedValue(field, present))]))
}

/** The submitted values of editable fields; the others stay unchanged. */
export function enteredSettings(
  ctx: Context,
  fields: readonly SettingField[],
  offeredGroups: ReadonlySet<string>,
  present: PresentSettings,
): Entered {
  return new Map(
    fields.map(({ key, control }) => {
      if (control.kind === 'switch') return [key, String(formText(ctx, key, 10) === 'true')]
      if (control.kind === 'groups') {
        // Groups that the form could not offer stay selected.
        const kept: readonly string[] = JSON.parse(String(storedValue({ key, control }, present)) || '[]')
        return [key, JSON.stringify([...kept.filter((id) => !offeredGroups.has(id)), ...formTexts(ctx, key)])]
      }
      if (control.kind === 'color') return [key, colorSent(ctx, key)]
      const sent = formText(ctx, key, 40_000)
      return [key, control.kind === 'secret' ? sent : sent.trim()]
    }),
  )
}

/** A predefined colour, or the custom one. */
function colorSent(ctx: Context, key: string): string {
  const chosen = formText(ctx, key, 100)
  return chosen === 'own' ? formText(ctx, `${key}Own`, 1000).trim() : chosen
}

/** Errors found before a setting is validated: numbers out of bounds, or invalid colours. */
export function formatProblems(fields: readonly SettingField[], entered: Entered): readonly FieldError[] {
  return fields.flatMap(({ key, control }): FieldError[] => {
    const text = entered.get(key) ?? ''
    if (control.kind === 'color' && text !== '' && text !== 'default' && !isColor(text))
      return [{ field: key, code: 'invalid_format', message: 'must be a colour' }]
    if (control.kind !== 'number') return []
    const { least, most } = control
    const isRight = /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
    return isRight ? [] : [{ field: key, code: 'out_of_range', message: `must be a number from ${least} to ${most}` }]
  })
}

/** The resulting changes. An empty secret is kept unless `removed` contains it. */
export function changesOf(
  fields: readonly SettingField[],
  entered: Entered,
  removed: ReadonlySet<AnySettingKey>,
): SectionChanges {
  const kept = fields.filter(({ key, control }) => control.kind !== 'secret' || entered.get(key) || removed.has(key))
  const contract = kept.flatMap(({ key, control }) =>
    isContractKey(key) ? [[key, contractValue(control, removed.has(key) ? '' : (entered.get(key) ?? ''))]] : [],
  )
  const own = kept.flatMap(({ key, control }) =>
    isContractKey(key) ? [] : [[key, ownValue(control, entered.get(key) ?? '')]],
  )
  return { contract: Object.fromEntries(contract), own: Object.fromEntries(own) }
}

/** The environment variable that overrides a setting, if any. */
export function lockOf(
  key: AnySettingKey,
  settings: Pick<Settings, 'isFixed' | 'uiConfigDisabled'>,
  own: Pick<OwnSettings, 'locked'>,
): string | null {
  if (settings.uiConfigDisabled) return 'UI_CONFIG_DISABLED'
  if (!isContractKey(key)) return own.locked.includes(key) ? ownSettings[key].variable.name : null
  if (!settings.isFixed(key)) return null
  return settingDefinitions.find((definition) => definition.key === key)?.env ?? null
}
