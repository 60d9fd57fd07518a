import { InvalidInputError } from '@pocket/core/errors'
import type { Codec } from './field.ts'

/** Text; empty if there is no value. */
export const text: Codec = { kind: 'text', text: (value) => String(value ?? ''), value: (input) => input.trim() }

/** Text; `null` if empty. */
export const nullableText: Codec = { ...text, value: (input) => input.trim() || null }

/** Minutes; core's default if empty. Core rejects a value that is not a number. */
export const minutes: Codec = { kind: 'number', text: text.text, value: (input) => numberOf(input) ?? undefined }
export const nullableMinutes: Codec = { ...minutes, value: numberOf }

export const flag: Codec = {
  kind: 'flag',
  text: (value) => (value === true ? 'true' : ''),
  value: (input) => input === 'true',
}

/** A boolean shown as a choice of two options instead of a checkbox. */
export const booleanChoice: Codec = {
  kind: 'choice',
  options: ['false', 'true'],
  text: (value) => String(value === true),
  value: (input) => input === 'true',
}

/** One entry per line. */
export const lines: Codec = {
  kind: 'lines',
  text: (value) => (Array.isArray(value) ? value.join('\n') : ''),
  value: (input) => input.split(/\s+/).filter((line) => line !== ''),
}

/** One entry per line, spaces allowed; `null` if empty. */
export const nullableLines: Codec = {
  ...lines,
  value(input) {
    const entries = input.split(/[\r\n]+/).flatMap((line) => line.trim() || [])
    return entries.length > 0 ? entries : null
  },
}

export function choice(options: readonly string[]): Codec {
  return { kind: 'choice', options, text: String, value: (input) => input }
}

/** A choice with an empty option, which means `null`. */
export function nullableChoice(options: readonly string[]): Codec {
  return { kind: 'choice', options: ['', ...options], text: text.text, value: (input) => input || null }
}

/** Token encryption: both algorithms in one choice. */
export function encryption(alg: readonly string[], enc: readonly string[]): Codec {
  return {
    kind: 'choice',
    options: ['', ...alg.flatMap((algorithm) => enc.map((contentEncryption) => `${algorithm} ${contentEncryption}`))],
    text: (value) =>
      typeof value === 'object' && value !== null
        ? `${String(Reflect.get(value, 'alg'))} ${String(Reflect.get(value, 'enc'))}`
        : '',
    value(input) {
      const [first = '', second = ''] = input.split(' ')
      return input === '' ? null : { alg: first, enc: second }
    },
  }
}

/** JSON, pretty-printed; `null` if empty. */
export const json: Codec = {
  kind: 'json',
  text: (value) => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2)),
  value(input, field) {
    if (input.trim() === '') return null
    try {
      return JSON.parse(input)
    } catch (cause) {
      const fields = [{ field, code: 'invalid_format', message: 'must be JSON' }]
      throw new InvalidInputError('validation_failed', 'The client is not valid.', { cause, fields })
    }
  },
}

function numberOf(input: string): number | null {
  const trimmed = input.trim()
  if (trimmed === '') return null
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN
}
