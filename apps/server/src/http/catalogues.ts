import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createMessages, type Messages, readCatalogue } from './messages.ts'

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
  inFirstOf(languages: readonly string[]): Messages
}

const fallback = 'en'

/** Reads every catalogue of a folder; what one does not say is said in English. @throws {Error} where there is none in English */
export async function loadCatalogues(folder: string): Promise<Catalogues> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const english = await readCatalogue(join(folder, `${fallback}.json`))
  const all = await Promise.all(files.map((name) => readCatalogue(join(folder, name))))
  return chooseAmong(all.map((each) => createMessages(each, english)))
}

/** @throws {Error} where none of them is in English */
export function chooseAmong(all: readonly Messages[]): Catalogues {
  const usual = all.find(({ language }) => language === fallback)
  if (usual === undefined) throw new Error('There is no catalogue in English.')
  const known = all.map((messages) => ({ messages, locale: new Intl.Locale(messages.language).maximize() }))
  const inLanguage = (language: string): Messages | undefined => {
    const wanted = maximized(language)
    if (wanted === undefined) return undefined
    const related = known.filter((each) => each.locale.language === wanted.language)
    return (related.find((each) => each.locale.script === wanted.script) ?? related[0])?.messages
  }
  const names = new Intl.Collator('en')
  return {
    languages: all
      .map(({ language }) => ({ tag: language, name: ownName(language) }))
      .sort((one, other) => names.compare(one.name, other.name)),
    inFirstOf(languages) {
      for (const language of languages) {
        const messages = inLanguage(language)
        if (messages) return messages
      }
      return usual
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
