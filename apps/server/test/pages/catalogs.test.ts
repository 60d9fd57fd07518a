import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { loadMessages } from '../../src/http/messages.ts'
import { startPageServer } from './page-server.ts'
import { day, now } from './states/common.ts'

const server = new URL('../../', import.meta.url)
/** Message keys that the sources compose from two parts: a finding, an event or an action, and its part. */
const families = [/^overview\.findings\./, /^auditLog\.(?:filters\.event|unknown)\./, /^confirm\./]

const languages = 'ar cs da de es fr it ja ko nl pl pt-BR sv tr uk zh-Hans zh-Hant'.split(' ')

let english: ReadonlyMap<string, string>
/** Texts that a language shares with English: names, protocol terms, loanwords. `*` means all languages. */
let sameWords: Readonly<Record<string, readonly string[]>>
let sources: readonly string[]
const pages = shareBetweenTests(() => startPageServer())

beforeAll(async () => {
  english = await catalogOf('en')
  sameWords = JSON.parse(await readFile(new URL('same-words.json', import.meta.url), 'utf8'))
  const paths = ['src', 'views', 'web'].map((folder) => fileURLToPath(new URL(folder, server)))
  const files = await Promise.all(
    paths.map(async (path) => (await readdir(path, { recursive: true })).map((file) => `${path}/${file}`)),
  )
  sources = await Promise.all(
    files
      .flat()
      .filter((file) => /\.(ts|ejs)$/.test(file))
      .map((file) => readFile(file, 'utf8')),
  )
})

async function catalogOf(language: string): Promise<ReadonlyMap<string, string>> {
  const file = new URL(`locales/${language}.json`, server)
  const catalog: object = JSON.parse(await readFile(file, 'utf8'))
  return new Map(flatten(catalog))
}

function flatten(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flatten(value, `${path}${key}.`),
  )
}

describe('the catalog', () => {
  test('contains no unused message', () => {
    const names = new Set<string>()
    const branches: string[] = []
    const patterns: RegExp[] = []
    for (const source of sources) {
      for (const [, single, double] of source.matchAll(/'([\w.-]+)'|"([\w.-]+)"/g)) names.add(single ?? double ?? '')
      for (const [, branch = ''] of source.matchAll(/(?:below\(|labels: )'([\w.]+)'/g)) branches.push(`${branch}.`)
      for (const [, template = ''] of source.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)) {
        const pieces = template.split(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/)
        if (pieces.every((piece) => /^[\w.-]*$/.test(piece)) && /[a-z]\.|\.[a-z]/.test(pieces.join('\0')))
          patterns.push(new RegExp(`^${pieces.map((piece) => piece.replaceAll('.', '\\.')).join('[\\w-]+')}$`))
      }
    }
    const isShown = (key: string) =>
      key === 'language' ||
      names.has(key) ||
      branches.some((branch) => key.startsWith(branch)) ||
      families.some((family) => family.test(key)) ||
      patterns.some((pattern) => pattern.test(key))
    expect(patterns.length).toBeGreaterThan(50)
    expect([...english.keys()].filter((key) => !isShown(key.replace(/_(one|other)$/, '')) && !isShown(key))).toEqual([])
  })

  test('contains all parts of composed messages, and none of these', async () => {
    const messages = await loadMessages(fileURLToPath(new URL('locales/en.json', server)))
    const source = await readFile(new URL('src/http/composed-messages.ts', server), 'utf8')
    const keys = [...source.matchAll(/'(\w+(?:\.\w+)+)'/g)].map(([, key = '']) => key)
    const targets = [...source.matchAll(/^ {2}'([\w.]+)': [[\d]/gm)].map(([, key = '']) => key)
    expect(targets.length).toBeGreaterThan(10)
    expect(keys.filter((key) => !messages.has(key))).toEqual([])
    expect(targets.filter((key) => english.has(key))).toEqual([])
    expect(messages.text('ldap.parts.created')).toBe('Users · Added')
    expect(messages.text('settings.options.recoveryByEmail.2d')).toBe('In 2 days')
  })
})

const pluralForm = /^(.+)_(zero|one|two|few|many|other)$/

/** The key without its plural form, and the form; the form is absent if the message has none. */
function splitKey(key: string): { readonly name: string; readonly form: string | null } {
  const [, name = key, form = null] = pluralForm.exec(key) ?? []
  return form !== null && english.has(`${name}_other`) ? { name, form } : { name: key, form: null }
}

/** The keys that a catalog in this language can have: all plural forms of its language, in the order of English. */
function keysIn(language: string): readonly string[] {
  const forms = formsOf(language)
  const keys = [...english.keys()].map(splitKey)
  return [
    ...new Set(keys.flatMap(({ name, form }) => (form === null ? [name] : forms.map((each) => `${name}_${each}`)))),
  ]
}

function formsOf(language: string): readonly string[] {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
  return ['zero', 'one', 'two', 'few', 'many', 'other'].filter((form) => pluralCategories.some((each) => each === form))
}

const placeholders = (text: string, except = '') =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, hole = '']) => hole))].filter((hole) => hole !== except).sort()

test('exists for exactly the supported languages', async () => {
  const files = (await readdir(new URL('locales', server))).filter((name) => name.endsWith('.json'))
  expect(files.sort()).toEqual([...languages, 'en'].map((language) => `${language}.json`).sort())
})

describe.each(languages)('the catalog %s', (language) => {
  let own: ReadonlyMap<string, string>
  beforeAll(async () => {
    own = await catalogOf(language)
  })

  test('has only messages of English, each in every plural form of its language', () => {
    const known = new Set(keysIn(language))
    const present = new Set([...own.keys()].map((key) => splitKey(key).name))
    expect(own.get('language')).toBe(language)
    expect([...own.keys()].filter((key) => !known.has(key))).toEqual([])
    expect([...known].filter((key) => present.has(splitKey(key).name) && !own.has(key))).toEqual([])
  })

  test('has the same placeholders in its messages', () => {
    const wrong = [...own].filter(([key, text]) => {
      const { name, form } = splitKey(key)
      if (form === null) return placeholders(text).join() !== placeholders(english.get(name) ?? '').join()
      // A plural form for a single number can spell it out; any other form must contain it as in English.
      const counts = language === 'ar' || form !== 'one' ? ['other'] : ['one', 'other']
      const exact = form === 'zero' || form === 'one' || form === 'two'
      return !counts.some((each) => {
        const model = english.get(`${name}_${each}`) ?? ''
        return (
          placeholders(text, 'count').join() === placeholders(model, 'count').join() &&
          (exact || placeholders(text).join() === placeholders(model).join())
        )
      })
    })
    expect(wrong).toEqual([])
  })

  test('is translated', () => {
    const known = new Set([...(sameWords['*'] ?? []), ...(sameWords[language] ?? [])])
    const same = [...own].filter(([key, text]) => {
      const { name, form } = splitKey(key)
      const models = form === null ? [name] : [`${name}_one`, `${name}_other`]
      return key !== 'language' && !known.has(text) && models.some((each) => english.get(each) === text)
    })
    expect(same).toEqual([])
  })

  test('formats dates, times and numbers for its language', async () => {
    const response = await fetch(`${pages.origin}/user-activity`, { headers: { cookie: `language=${language}` } })
    const html = await response.text()
    expect(html).toContain(
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(now - 90 * day),
    )
    expect(html).toContain(new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(-2, 'day'))
  })

  test.each(['sign-in', 'overview-trouble', 'users', 'client', 'audit-log-all'])('shows %s', async (state) => {
    const response = await fetch(`${pages.origin}/${state}`, { headers: { cookie: `language=${language}` } })
    const html = await response.text()
    const [, lang, direction] = /<html lang="([^"]+)" dir="(\w+)"/.exec(html) ?? []
    expect([response.status, lang, direction]).toEqual([200, language, language === 'ar' ? 'rtl' : 'ltr'])
    expect(html).not.toMatch(/>[^<]*\{\w+\}/)
  })
})
