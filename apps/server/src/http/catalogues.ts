import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { once } from '../once.ts'
import { createMessages, type Messages, parseCatalogue } from './messages.ts'

/** A language in which there are sentences. */
export interface Language {
  /** BCP 47. */
  readonly tag: string
  /** What it calls itself. */
  readonly name: string
}

export interface Catalogues {
  /** By their own names. */
  readonly languages: readonly Language[]
  /** The sentences in the first of these languages (BCP 47) in which there are any, or else in English. */
  inPreferredLanguage(languages: readonly string[]): Messages
}

const fallback = 'en'

/** The sentences of one language, made when somebody first wants them. */
export interface Sentences {
  /** BCP 47. */
  readonly language: string
  readonly messages: () => Messages
}

/**
 * Every catalogue of a folder, each `LANGUAGE.json`; what one does not say is said in English.
 *
 * @throws {Error} where there is none in English
 */
export async function loadCatalogues(folder: string): Promise<Catalogues> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const all = await Promise.all(
    files.map(async (file) => ({
      file,
      language: basename(file, '.json'),
      json: await readFile(join(folder, file), 'utf8'),
    })),
  )
  const englishCatalogue = all.find(({ language }) => language === fallback)
  if (englishCatalogue === undefined) throw new Error(`There is no catalogue in English in ${folder}.`)
  const english = parseCatalogue(englishCatalogue.json, englishCatalogue.file)
  return selectCatalogue(
    all.map(({ file, language, json }) => ({
      language,
      // Most instances speak two or three of the languages.
      messages: once(() => createMessages(parseCatalogue(json, file), english)),
    })),
  )
}

/** @throws {Error} where none of them is in English */
export function selectCatalogue(all: readonly Sentences[]): Catalogues {
  const usual = all.find(({ language }) => language === fallback)
  if (usual === undefined) throw new Error('There is no catalogue in English.')
  const known = all.map((each) => ({ ...each, locale: new Intl.Locale(each.language).maximize() }))
  const inLanguage = (language: string): Sentences | undefined => {
    const wanted = maximized(language)
    if (wanted === undefined) return undefined
    const related = known.filter((each) => each.locale.language === wanted.language)
    return related.find((each) => each.locale.script === wanted.script) ?? related[0]
  }
  const names = new Intl.Collator('en')
  return {
    languages: all
      .map(({ language }) => ({ tag: language, name: ownName(language) }))
      .sort((one, other) => names.compare(one.name, other.name)),
    inPreferredLanguage(languages) {
      for (const language of languages) {
        const found = inLanguage(language)
        if (found) return found.messages()
      }
      return usual.messages()
    },
  }
}

/** With the capital that begins a list's entry. */
function ownName(language: string): string {
  const [first = '', ...rest] = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  return first.toLocaleUpperCase(language) + rest.join('')
}

/** With the script that is usual for it: Chinese in Taiwan is written in another one than in China. */
function maximized(language: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(language.replaceAll('_', '-')).maximize()
  } catch {
    // What is no language tag names no language.
    return undefined
  }
}
