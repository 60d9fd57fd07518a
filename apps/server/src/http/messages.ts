import { readFile } from 'node:fs/promises'
import { createInstance } from 'i18next'
import { withComposedMessages } from './composed-messages.ts'
import { markEnglish } from './language-marks.ts'

/** Values for the `{placeholders}` of a message. Numbers are formatted for the language. */
export type MessageValues = Readonly<Record<string, string | number>>

/** A part of a message: plain text, or the value of a placeholder, which a page may emphasize. */
export interface MessagePart {
  readonly text: string
  readonly isValue: boolean
  readonly name?: string
}

export interface Messages {
  /** BCP 47. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** @throws {Error} if the message does not exist or a value is missing, which is a bug in a template */
  text(key: string, values?: MessageValues): string
  /** Like `text`, but returns the parts. */
  parts(key: string, values: MessageValues): readonly MessagePart[]
  /** The plural form for `values.count`: `KEY_one`, `KEY_other` and so on, by the rules of the language. */
  plural(key: string, values: MessageValues & { readonly count: number }): string
  /** A count after its label. */
  counted(key: string, count: number): string
  /** Names as an enumeration without “and”, which `Intl.ListFormat` does not have in every language. */
  list(names: readonly string[]): string
  /** Compares names by the rules of the language. */
  compare(left: string, right: string): number
  has(key: string): boolean
  /** Every message with this `prefix`, by the rest of its key. */
  below(prefix: string): Readonly<Record<string, string>>
}

/** The messages of one language, with English for those that it lacks. */
export interface LocalizedMessages extends Messages {
  /** For markup: the same messages, with marks around the English ones (see `language-marks.ts`) and isolated URLs. */
  readonly marked: Messages
}

/** A catalog: messages by key, also in nested objects. `language` is one of them. */
export type Catalog = Readonly<Record<string, unknown>>

/** @param file - the file name for the error @throws {Error} if the text is not a JSON object */
export function parseCatalog(json: string, file: string): Catalog {
  const catalog: unknown = JSON.parse(json)
  if (typeof catalog !== 'object' || catalog === null) throw new Error(`${file} does not contain a catalog.`)
  return { ...catalog }
}

export async function loadMessages(file: string): Promise<LocalizedMessages> {
  return createMessages(parseCatalog(await readFile(file, 'utf8'), file))
}

const namespace = 'translation'
/** Between names, in the languages that do not use a comma and a space. */
const separators: ReadonlyMap<string, string> = new Map([
  ['ar', '، '],
  ['ja', '、'],
  ['zh', '、'],
])
/** ISO 15924 codes of right-to-left scripts. */
const rightToLeft: ReadonlySet<string> = new Set(['Arab', 'Hebr', 'Nkoo', 'Syrc', 'Thaa'])

/**
 * @param fallback - the English messages, for those that the catalog lacks
 * @throws {Error} if the catalog has no `language` or contains anything but objects and strings
 */
export function createMessages(catalog: Catalog, fallback: Catalog = catalog): LocalizedMessages {
  const plainEnglish = new Map(flatten(fallback, ''))
  const english = withComposedMessages(plainEnglish)
  const own = withComposedMessages(withSharedTexts(new Map(flatten(catalog, '')), plainEnglish))
  const entries = new Map([...english, ...own])
  const find = (key: string): string => {
    const message = entries.get(key)
    if (message === undefined) throw new Error(`There is no message ${key}.`)
    return message
  }
  const language = find('language')
  const numbers = new Intl.NumberFormat(language)
  const formatValue = (value: unknown): string =>
    typeof value === 'number' ? numbers.format(value) : isolateBidi(String(value))
  const locale = new Intl.Locale(language).maximize()
  const script = locale.script ?? ''
  const direction = rightToLeft.has(script) ? 'rtl' : 'ltr'
  const separator = separators.get(locale.language) ?? ', '
  const { compare } = new Intl.Collator(language)
  /** In another script, words that are the same as in English are English, such as the labels of an application. */
  const isTranslated = (key: string): boolean =>
    script === 'Latn' || own.get(key) !== english.get(key) || !/^[^{]*[a-z]{2}[^{]*$/i.test(own.get(key) ?? '')
  const fallbackLanguage = String(english.get('language'))
  const i18n = createInstance({
    lng: language,
    fallbackLng: fallbackLanguage,
    resources: {
      [fallbackLanguage]: { [namespace]: Object.fromEntries(english) },
      [language]: { [namespace]: Object.fromEntries(own) },
    },
    initAsync: false,
    nsSeparator: false,
    keySeparator: false,
    interpolation: { prefix: '{', suffix: '}', escape: formatValue, escapeValue: true, useRawValueToEscape: true },
    parseMissingKeyHandler: (key) => {
      throw new Error(`There is no message ${key}.`)
    },
    missingInterpolationHandler: (text, [placeholder]) => {
      throw new Error(`The message “${text}” needs the value ${placeholder}.`)
    },
  })
  void i18n.init()

  /** @param mark - applied to messages that the catalog lacks, and `markOwn` to the others */
  const messagesWith = (mark: (text: string) => string, markOwn: (text: string) => string): Messages => {
    const branches = new Map<string, Readonly<Record<string, string>>>()
    const markFor = (isOwn: boolean) => (isOwn ? markOwn : mark)
    const fixed = new Map<string, string>()
    const translate = (key: string, values?: MessageValues): string => {
      const { res, usedLng } = i18n.t(key, { ...values, returnDetails: true })
      return markFor(usedLng === language && isTranslated(key))(res)
    }
    const text = (key: string, values?: MessageValues): string => {
      if (values !== undefined) return translate(key, values)
      const message = fixed.get(key) ?? translate(key)
      fixed.set(key, message)
      return message
    }
    return {
      language,
      direction,
      text,
      plural: text,
      list: (names) => names.join(separator),
      compare,
      counted: (key, count) => text('frame.counted', { label: text(key), count }),
      parts: (key, values) =>
        find(key)
          .split(/\{(\w+)\}/)
          .map((part, index) => {
            if (index % 2 === 0) return { text: part, isValue: false }
            if (values[part] === undefined) throw new Error(`The message ${key} needs the value ${part}.`)
            return { text: formatValue(values[part]), isValue: true, name: part }
          })
          .filter((part) => part.text !== '')
          .map((part) =>
            part.isValue ? part : { ...part, text: markFor(own.has(key) && isTranslated(key))(part.text) },
          ),
      has: (key) => entries.has(key),
      below(prefix) {
        const cached = branches.get(prefix)
        if (cached) return cached
        const matches = [...entries].filter(([key]) => key.startsWith(`${prefix}.`))
        const branch = Object.fromEntries(
          matches.map(([key, message]) => [
            key.slice(prefix.length + 1),
            markFor(own.has(key) && isTranslated(key))(message),
          ]),
        )
        branches.set(prefix, branch)
        return branch
      },
    }
  }
  const keepText = (text: string) => text
  return {
    ...messagesWith(keepText, keepText),
    marked: messagesWith(markEnglish, direction === 'rtl' ? isolatePaths : keepText),
  }
}

/** U+2068 and U+2069 isolate a right-to-left value, so that it does not reorder the sentence around it. */
function isolateBidi(value: string): string {
  return /[\u0590-\u08FF\uFB1D-\uFDCF\uFDF0-\uFDFF\uFE70-\uFEFF]/.test(value) ? `\u2068${value}\u2069` : value
}

/** U+2066 and U+2069 keep the slashes of URLs and paths in a right-to-left sentence in their places, but not those of dates. */
function isolatePaths(text: string): string {
  return text.replaceAll(/[!-~]*\/[!-~]*[\w/*]/g, (token) => (/[a-z]/i.test(token) ? `\u2066${token}\u2069` : token))
}

/** One translation serves all messages that are the same in English and have none of their own. */
function withSharedTexts(
  own: ReadonlyMap<string, string>,
  english: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const byEnglish = new Map<string, string>()
  for (const [key, text] of english) {
    const translation = own.get(key)
    if (translation !== undefined && !isPluralForm(key) && !byEnglish.has(text)) byEnglish.set(text, translation)
  }
  const shared = [...english].flatMap(([key, text]): readonly (readonly [string, string])[] => {
    const translation = own.has(key) || isPluralForm(key) ? undefined : byEnglish.get(text)
    return translation === undefined ? [] : [[key, translation]]
  })
  return new Map([...own, ...shared])
}

/** Languages have different plural forms. */
function isPluralForm(key: string): boolean {
  return /_(?:one|other)$/.test(key)
}

function* flatten(node: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof node === 'string') yield [path, node]
  else if (typeof node === 'object' && node !== null)
    for (const [key, child] of Object.entries(node)) yield* flatten(child, path === '' ? key : `${path}.${key}`)
  else throw new Error(`The catalog contains a value that is not a message at ${path}.`)
}
