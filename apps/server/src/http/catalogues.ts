import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMessages, type Messages } from './messages.ts'

/** The sentences in the first of these languages (BCP 47) in which there are any, or else in English. */
export type Catalogues = (languages: readonly string[]) => Messages

const fallback = 'en'

/** Reads every catalogue of a folder. @throws {Error} where there is none in English */
export async function loadCatalogues(folder: string): Promise<Catalogues> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return chooseAmong(await Promise.all(files.map((name) => loadMessages(join(folder, name)))))
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
  return (languages) => {
    for (const language of languages) {
      const messages = inLanguage(language)
      if (messages) return messages
    }
    return usual
  }
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
