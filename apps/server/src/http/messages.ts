import { readFile } from 'node:fs/promises'

/** Values for the `{placeholders}` of a message. */
export type MessageValues = Readonly<Record<string, string | number>>

/** A piece of a message: plain text, or the value of a placeholder, which a page may emphasise. */
export interface MessagePart {
  readonly text: string
  readonly isValue: boolean
}

/** The sentences of one language. */
export interface Messages {
  /** BCP 47. */
  readonly language: string
  /** @throws {Error} where there is no such message or a value is missing, which is a mistake in a template */
  text(key: string, values?: MessageValues): string
  /** Like `text`, in pieces. */
  parts(key: string, values: MessageValues): readonly MessagePart[]
  /** The form of the message that fits `values.count`. */
  plural(key: string, values: MessageValues & { readonly count: number }): string
  has(key: string): boolean
  /** Every message below `prefix`, by the rest of its key. */
  below(prefix: string): Readonly<Record<string, string>>
}

/** Reads a catalogue: one JSON object of nested keys, its leaves are messages. */
export async function loadMessages(file: string): Promise<Messages> {
  const catalogue: unknown = JSON.parse(await readFile(file, 'utf8'))
  return createMessages(catalogue)
}

/** @throws {Error} where the catalogue names no `language` or holds anything but objects, lists and strings */
export function createMessages(catalogue: unknown): Messages {
  const entries = new Map(flatten(catalogue, ''))
  const find = (key: string): string => {
    const message = entries.get(key)
    if (message === undefined) throw new Error(`There is no message ${key}.`)
    return message
  }
  const language = find('language')
  const rules = new Intl.PluralRules(language)
  const parts = (key: string, values: MessageValues): MessagePart[] =>
    find(key)
      .split(/\{(\w+)\}/)
      .map((piece, index) => {
        if (index % 2 === 0) return { text: piece, isValue: false }
        const value = values[piece]
        if (value === undefined) throw new Error(`The message ${key} needs the value ${piece}.`)
        return { text: String(value), isValue: true }
      })
      .filter(({ text }) => text !== '')
  const text = (key: string, values: MessageValues = {}): string =>
    parts(key, values)
      .map((part) => part.text)
      .join('')

  return {
    language,
    text,
    parts,
    plural: (key, values) => {
      const form = `${key}.${rules.select(values.count)}`
      return text(entries.has(form) ? form : `${key}.other`, values)
    },
    has: (key) => entries.has(key),
    below: (prefix) => {
      const found = [...entries].filter(([key]) => key.startsWith(`${prefix}.`))
      return Object.fromEntries(found.map(([key, message]) => [key.slice(prefix.length + 1), message]))
    },
  }
}

function* flatten(node: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof node === 'string') yield [path, node]
  else if (typeof node === 'object' && node !== null)
    for (const [key, child] of Object.entries(node)) yield* flatten(child, path === '' ? key : `${path}.${key}`)
  else throw new Error(`The catalogue holds something that is no message at ${path}.`)
}
