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
  // Every message is taken apart once: pieces at even places are text, those at odd places name a value.
  const pieces = new Map([...entries].map(([key, message]) => [key, message.split(/\{(\w+)\}/)]))
  const branches = new Map<string, Readonly<Record<string, string>>>()
  const find = (key: string): readonly string[] => {
    const found = pieces.get(key)
    if (found === undefined) throw new Error(`There is no message ${key}.`)
    return found
  }
  const language = find('language').join('')
  const rules = new Intl.PluralRules(language)
  const filling = (key: string, values: MessageValues, name: string): string => {
    const value = values[name]
    if (value === undefined) throw new Error(`The message ${key} needs the value ${name}.`)
    return isolated(String(value))
  }
  const parts = (key: string, values: MessageValues): MessagePart[] =>
    find(key)
      .map((piece, index) =>
        index % 2 === 0 ? { text: piece, isValue: false } : { text: filling(key, values, piece), isValue: true },
      )
      .filter(({ text }) => text !== '')
  const text = (key: string, values: MessageValues = {}): string =>
    find(key)
      .map((piece, index) => (index % 2 === 0 ? piece : filling(key, values, piece)))
      .join('')
  const below = (prefix: string): Readonly<Record<string, string>> => {
    const known = branches.get(prefix)
    if (known) return known
    const found = [...entries].filter(([key]) => key.startsWith(`${prefix}.`))
    const branch = Object.fromEntries(found.map(([key, message]) => [key.slice(prefix.length + 1), message]))
    branches.set(prefix, branch)
    return branch
  }

  return {
    language,
    text,
    parts,
    plural: (key, values) => {
      const form = `${key}.${rules.select(values.count)}`
      return text(entries.has(form) ? form : `${key}.other`, values)
    },
    has: (key) => entries.has(key),
    below,
  }
}

/** A value that is written from right to left must not turn the sentence around it: U+2068 and U+2069 keep it apart. */
function isolated(value: string): string {
  return /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/.test(value) ? `\u2068${value}\u2069` : value
}

function* flatten(node: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof node === 'string') yield [path, node]
  else if (typeof node === 'object' && node !== null)
    for (const [key, child] of Object.entries(node)) yield* flatten(child, path === '' ? key : `${path}.${key}`)
  else throw new Error(`The catalogue holds something that is no message at ${path}.`)
}
