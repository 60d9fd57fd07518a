import type { JSONSchema } from 'json-schema-to-ts'
import { asBoolean } from '../config/variable.ts'
import type { Check, Fault } from './checks.ts'

export type Control =
  /** A single line. */
  | { readonly kind: 'text'; readonly maxlength: number; readonly optional: boolean; readonly type?: 'email' }
  | { readonly kind: 'number'; readonly unit: Unit; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'switch' | 'color' }
  /** Never displayed: an empty field keeps the secret. */
  | { readonly kind: 'secret' }
  /** Several lines: one value per line (`lines`), one name and value per line (`claims`), or any text (`block`). */
  | { readonly kind: 'lines' | 'claims' | 'block' }
  | { readonly kind: 'groups' }

type Unit = 'minutes' | 'days'

export type Parsed<Value> = { readonly value: Value } | { readonly fault: Fault }

/** A type of settings: its forms as text and as JSON, and its form control. */
export interface Kind<Value> {
  /** The type in Pocket ID's API. */
  readonly type: 'string' | 'int' | 'bool'
  /** For the configuration reference. */
  readonly documentation: string
  readonly unit?: Unit
  readonly control: Control
  readonly schema: Exclude<JSONSchema, boolean> & {
    readonly type: 'array' | 'boolean' | 'integer' | 'string'
    readonly enum?: readonly string[]
  }
  /** Stored encrypted and never displayed. */
  readonly isSecret?: true
  /** Whether an empty text is valid; it then means the default. */
  readonly isOptional: boolean
  /** Parses a non-empty string from a form, Pocket ID's API or a variable. */
  parse(text: string): Parsed<Value>
  format(value: Value): string
  /** Parses the elements of a list. */
  parseItems?(items: readonly string[]): Parsed<Value>
  /** Converts an alternative form of an environment variable to the stored form. */
  normalize?(text: string): string
}

export interface Setting<Value = unknown> {
  readonly kind: Kind<Value>
  readonly variable: string
  readonly default: Value
  /** For the configuration reference, instead of the default. */
  readonly defaultText?: string
  readonly public?: true
  /** For readers, in Markdown. */
  readonly description: string
}

export function defineSetting<Value>(
  kind: Kind<Value>,
  setting: Omit<Setting<NoInfer<Value>>, 'kind'>,
): Setting<Value> {
  return { kind, ...setting }
}

export const boolean: Kind<boolean> = {
  type: 'bool',
  documentation: 'boolean',
  control: { kind: 'switch' },
  schema: { type: 'boolean' },
  isOptional: false,
  parse: (text) =>
    text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { fault: { code: 'invalid_format', message: 'must be either true or false' } },
  format: String,
  normalize: (text) => String(asBoolean(text) ?? text),
}

/** An integer within these bounds. */
export function number(min: number, max: number, unit: Unit): Kind<number> {
  return {
    type: 'int',
    documentation: `integer, ${min} to ${max}`,
    unit,
    control: { kind: 'number', unit, min, max },
    schema: { type: 'integer', minimum: min, maximum: max },
    isOptional: false,
    parse(text) {
      if (!/^[+-]?\d{1,15}$/.test(text)) return { fault: { code: 'invalid_format', message: 'must be an integer' } }
      const value = Number(text)
      if (value < min) return { fault: { code: 'too_short', message: `must be at least ${min}` } }
      return value > max ? { fault: { code: 'too_long', message: `must be at most ${max}` } } : { value }
    },
    format: String,
  }
}

/** One of these words, in the order of the page. */
export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    type: 'string',
    documentation: words.map((word) => `\`${word}\``).join(', '),
    control: { kind: 'choice', options: words },
    schema: { type: 'string', enum: [...words] },
    isOptional: false,
    parse(text) {
      const value = words.find((word) => word === text)
      return value === undefined
        ? { fault: { code: 'oneof', message: `must be one of ${words.join(', ')}` } }
        : { value }
    },
    format: String,
    normalize: (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text,
  }
}

interface ListOptions {
  readonly items: string
  readonly maxItems: number
  readonly schema: { readonly type: 'string'; readonly minLength?: number; readonly maxLength: number }
  /** The normalized item; `undefined` if it is invalid. */
  readonly normalize: (item: string) => string | undefined
  readonly message: string
}

/** A list without duplicates. As text, its items are separated by commas or line breaks. */
export function list({ items, maxItems, schema, normalize, message }: ListOptions): Kind<readonly string[]> {
  const parseItems = (given: readonly string[]): Parsed<readonly string[]> => {
    const normalized = given.map(normalize)
    const wrong = normalized.indexOf(undefined)
    if (wrong >= 0) return { fault: { code: 'invalid_format', message, at: `[${wrong}]`, text: given[wrong] ?? '' } }
    if (given.length > maxItems)
      return { fault: { code: 'too_long', message: `must contain at most ${maxItems} ${items}` } }
    return { value: [...new Set(normalized.filter((item) => item !== undefined))] }
  }
  return {
    type: 'string',
    documentation: `${items}, at most ${maxItems}, separated by commas`,
    control: { kind: 'lines' },
    schema: { type: 'array', maxItems, items: schema },
    isOptional: true,
    parse: (text) => parseItems(text.split(/[,\r\n]+/).flatMap((item) => item.trim() || [])),
    format: (value) => value.join('\n'),
    parseItems,
  }
}

interface TextOptions {
  /** The maximum length in the form. */
  readonly maxlength?: number
  readonly control?: 'email' | 'color' | 'lines' | 'claims' | 'groups' | 'block'
  readonly isRequired?: true
  readonly documentation?: string
  readonly schema?: { readonly maxLength: number }
}

export function text(check: Check, options: TextOptions = {}): Kind<string> {
  const { maxlength = 1000, control = 'text', isRequired = false, documentation = 'text', schema = {} } = options
  const line = { kind: 'text', maxlength, optional: !isRequired } as const
  return {
    type: 'string',
    documentation,
    control: control === 'text' ? line : control === 'email' ? { ...line, type: 'email' } : { kind: control },
    schema: { type: 'string', ...schema },
    isOptional: !isRequired,
    parse(text) {
      const fault = check(text)
      return fault === undefined ? { value: text } : { fault }
    },
    format: String,
  }
}

export function secret(check: Check): Kind<string> {
  return { ...text(check), control: { kind: 'secret' }, isSecret: true }
}

/** Parses the text of a setting; an empty one means the default unless the setting is required. */
export function parseText<Value>({ kind, default: value }: Setting<Value>, text: string): Parsed<Value> {
  if (text !== '') return kind.parse(text)
  return kind.isOptional ? { value } : { fault: { code: 'required', message: 'is required' } }
}

/** Parses a JSON value that matches the schema of a setting; `null` means the default. */
export function parseJson<Value>(setting: Setting<Value>, json: unknown): Parsed<Value> {
  if (json === null) return { value: setting.default }
  if (Array.isArray(json) && setting.kind.parseItems) return setting.kind.parseItems(json.map(String))
  return parseText(setting, String(json).trim())
}
