import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMessages, type Messages } from '../http/messages.ts'

/** The sentences of e-mails, in the language that fits a person best. */
export type Catalogues = (locale: string | null) => Messages

const fallback = 'en'

/** Reads every catalogue of a folder. @throws {Error} where there is none in English */
export async function loadCatalogues(folder: string): Promise<Catalogues> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const all = await Promise.all(files.map((name) => loadMessages(join(folder, name))))
  const usual = all.find(({ language }) => language === fallback)
  if (usual === undefined) throw new Error('There is no catalogue of e-mails in English.')
  const known = all.map((messages) => ({ messages, locale: new Intl.Locale(messages.language).maximize() }))
  return (locale) => {
    const wanted = maximized(locale)
    if (wanted === undefined) return usual
    const related = known.filter((each) => each.locale.language === wanted.language)
    return (related.find((each) => each.locale.script === wanted.script) ?? related[0])?.messages ?? usual
  }
}

/** With the script that is usual for it: Chinese in Taiwan is written in another one than in China. */
function maximized(locale: string | null): Intl.Locale | undefined {
  try {
    return locale === null ? undefined : new Intl.Locale(locale.replaceAll('_', '-')).maximize()
  } catch {
    // What is no language tag names no language.
    return undefined
  }
}
