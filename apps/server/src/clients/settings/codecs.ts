import { InvalidInputError } from '@pocket/core/errors'
import type { Codec } from './field.ts'

/** Text; empty if there is no value. */
export const text: Codec = { kind: 'text', text: (value) => String(value ?? ''), value: (entered) => entered.trim() }

/** Text; `null` if empty. */
export const nullableText: Codec = { ...text, value: (entered) => entered.trim() || null }

/** Minutes; core's default if empty. Core rejects a value that is not a number. */
export const minutes: Codec = { kind: 'number', text: text.text, value: (entered) => numberOf(entered) ?? undefined }
export const nullableMinutes: Codec = { ...minutes, value: numberOf }

export const flag: Codec = {
  kind: 'flag',
  text: (value) => (value === true ? 'true' : ''),
  value: (entered) => entered === 'true',
}

/** A boolean shown as a choice of two options instead of a checkbox. */
export const either: Codec = {
  kind: 'choice',
  options: ['false', 'true'],
  text: (value) => String(value === true),
  value: (entered) => entered === 'true',
}

/** One entry per line. */
export const lines: Codec = {
  kind: 'lines',
  text: (value) => (Array.isArray(value) ? value.join('\n') : ''),
  value: (entered) => entered.split(/\s+/).filter((line) => line !== ''),
}

/** One entry per line, spaces allowed; `null` if empty. */
export const nullableLines: Codec = {
  ...lines,
  value(entered) {
    const found = entered.split(/[\r\n]+/).flatMap((line) => line.trim() || [])
    return found.length > 0 ? found : null
  },
}

export function choice(options: readonly string[]): Codec {
  return { kind: 'choice', options, text: String, value: (entered) => entered }
}

/** A choice with an empty option, which means `null`. */
export function nullableChoice(options: readonly string[]): Codec {
  return { kind: 'choice', options: ['', ...options], text: text.text, value: (entered) => entered || null }
}

/** Token encryption: both algorithms in one choice. */
export function encryption(alg: readonly string[], enc: readonly string[]): Codec {
  return {
    kind: 'choice',
    options: ['', ...alg.flatMap((each) => enc.map((other) => `${each} ${other}`))],
    text: (value) =>
      typeof value === 'object' && value !== null
        ? `${String(Reflect.get(value, 'alg'))} ${String(Reflect.get(value, 'enc'))}`
        : '',
    value(entered) {
      const [first = '', second = ''] = entered.split(' ')
      return entered === '' ? null : { alg: first, enc: second }
    },
  }
}

/** JSON, pretty-printed; `null` if empty. */
export const json: Codec = {
  kind: 'json',
  text: (value) => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2)),
  value(entered, field) {
    if (entered.trim() === '') return null
    try {
      return JSON.parse(entered)
    } catch (cause) {
      const fields = [{ field, code: 'invalid_format', message: 'must be JSON' }]
      throw new InvalidInputError('validation_failed', 'The client is not valid.', { cause, fields })
    }
  },
}

function numberOf(entered: string): number | null {
  const typed = entered.trim()
  if (typed === '') return null
  return /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN
}
