import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/**
 * The messages whose translation matches the current English text, as hashes of both: for `all` languages, and in addition
 * for single ones. One line for each first part of the keys keeps the file small and its merges simple.
 */
type Sources = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The messages of one folder, by language and key. */
interface Folder {
  readonly name: 'pages' | 'emails'
  readonly languages: readonly string[]
  readonly texts: Readonly<Record<string, ReadonlyMap<string, string>>>
}

/** The translations of one language that need work. A message with plural forms counts once, without the form. */
interface OpenTranslations {
  readonly folder: string
  readonly language: string
  readonly missing: readonly string[]
  /** Translated from an English text that has changed since. */
  readonly outdated: readonly string[]
}

/** Pages that a release may show in English: administration, API keys and the audit log. */
const optionalPages: ReadonlySet<string> = new Set([
  ...[
    'apiKeys',
    'apis',
    'choose',
    'approvals',
    'auditLog',
    'backups',
    'claims',
    'client',
    'clientForm',
    'clientNew',
    'clientTest',
    'clients',
  ],
  ...['emails', 'group', 'groupForm', 'groups', 'invitations', 'jobs', 'ldap', 'overview', 'passkeyPolicy'],
  ...['scim', 'settings', 'templates', 'user', 'userSessions', 'users', 'signInLink'],
])

const locales = new URL('../locales/', import.meta.url)
const sourcesFile = new URL('translated-from.json', import.meta.url)
const folderNames = ['pages', 'emails'] as const

const help = `pnpm translations                          lists missing and outdated translations of each language
pnpm translations --release                fails if the sign-in pages, account pages or e-mails lack a translation
pnpm translations --done [LANGUAGE] [KEY…] records that these translations match the current English text
pnpm translations --drop KEY…              removes the translations of these messages
pnpm translations --tidy                   sorts the catalogs, and removes translations that another message supplies

A KEY is a message or the beginning of several, such as signIn.title or signIn.`

function readFolder(name: Folder['name']): Folder {
  const folder = folderUrl(name)
  const languages = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace('.json', ''))
  const texts = languages.map((language) => [language, flatten(readJson(new URL(`${language}.json`, folder)))] as const)
  return { name, languages: languages.filter((language) => language !== 'en'), texts: Object.fromEntries(texts) }
}

/** @param isRelease - omits the pages that a release may show in English */
function openTranslations(isRelease: boolean): readonly OpenTranslations[] {
  return folderNames.map(readFolder).flatMap((folder) => {
    const sources = readSources(folder)
    const isIncluded = (key: string) =>
      !isRelease || folder.name === 'emails' || !optionalPages.has(key.split('.')[0] ?? '')
    const keys = messageKeys(folder).filter(isIncluded)
    return folder.languages.map((language) => {
      const own = folder.texts[language] ?? new Map<string, string>()
      const texts = sharedTexts(own, folder)
      const ownKeys = new Set([...own.keys()].map((key) => baseKey(key, folder)))
      const isShared = (key: string) => texts.has(folder.texts.en?.get(key) ?? '')
      const translatedKeys = new Set(keys.filter((key) => ownKeys.has(key) || isShared(key)))
      const isCurrent = (key: string) => sources.isCurrent(language, key)
      return {
        folder: folder.name,
        language,
        missing: keys.filter((key) => !translatedKeys.has(key)),
        outdated: keys.filter((key) => translatedKeys.has(key) && !isCurrent(key)),
      }
    })
  })
}

function recordDone(language: string | null, isSelected: (key: string) => boolean): void {
  const record = (folder: Folder): Sources => {
    const { isCurrent } = readSources(folder)
    const next: Record<string, Record<string, string>> = {}
    for (const key of messageKeys(folder)) {
      const isDone = (code: string) =>
        (isSelected(key) && (language === null || language === code)) || isCurrent(code, key)
      const done = folder.languages.filter(isDone)
      const section = key.split('.')[0] ?? ''
      for (const code of done.length === folder.languages.length ? ['all'] : done) {
        const line = next[code]?.[section]
        const hash = hashOf(key, folder)
        next[code] = { ...next[code], [section]: line === undefined ? hash : `${line} ${hash}` }
      }
    }
    return next
  }
  writeJson(sourcesFile, Object.fromEntries(folderNames.map((name) => [name, record(readFolder(name))])))
}

function dropMessages(isSelected: (key: string) => boolean): void {
  for (const folder of folderNames.map(readFolder))
    for (const language of folder.languages) {
      const remaining = [...(folder.texts[language] ?? [])].filter(
        ([key]) => key === 'language' || !isSelected(baseKey(key, folder)),
      )
      writeJson(new URL(`${language}.json`, folderUrl(folder.name)), Object.fromEntries(remaining))
    }
}

/** Writes the catalogs with flat keys in the order of English, without the messages that `createMessages` derives. */
function tidy(): void {
  for (const folder of folderNames.map(readFolder))
    for (const [language, own] of Object.entries(folder.texts)) {
      const texts = sharedTexts(own, folder)
      const order = new Map([...(folder.texts.en?.keys() ?? [])].map((key, index) => [baseKey(key, folder), index]))
      const sortPosition = (key: string) => order.get(baseKey(key, folder)) ?? order.size
      const seen = new Set<string>()
      const isDerived = (key: string, text: string): boolean => {
        const english = folder.texts.en?.get(key)
        const isOriginal = language === 'en' || english === undefined || isUnshared(key)
        if (isOriginal || texts.get(english) !== text) return false
        if (seen.has(english)) return true
        seen.add(english)
        return false
      }
      const entries = [...own]
        .sort(([left], [right]) => sortPosition(left) - sortPosition(right))
        .filter(([key, text]) => !isDerived(key, text))
      writeJson(new URL(`${language}.json`, folderUrl(folder.name)), Object.fromEntries(entries))
    }
}

/** Translations by English text: messages with the same text share the translation of the first one. */
function sharedTexts(own: ReadonlyMap<string, string>, { texts }: Folder): ReadonlyMap<string, string> {
  const shared = new Map<string, string>()
  for (const [key, english] of texts.en ?? []) {
    const text = own.get(key)
    if (text !== undefined && !isUnshared(key) && !shared.has(english)) shared.set(english, text)
  }
  return shared
}

/** As in `createMessages`. */
function isUnshared(key: string): boolean {
  return key === 'language' || /_(?:one|other)$/.test(key)
}

const pluralForm = /_(?:zero|one|two|few|many|other)$/

function messageKeys(folder: Folder): readonly string[] {
  const keys = [...(folder.texts.en?.keys() ?? [])].filter((key) => key !== 'language')
  return [...new Set(keys.map((key) => baseKey(key, folder)))]
}

function baseKey(key: string, { texts }: Folder): string {
  const name = key.replace(pluralForm, '')
  return texts.en?.has(`${name}_other`) ? name : key
}

function hashOf(key: string, { texts }: Folder): string {
  const text = [key, ...[key, `${key}_one`, `${key}_other`].map((variant) => texts.en?.get(variant) ?? '')].join('\n')
  return createHash('sha256').update(text).digest('base64url').slice(0, 5)
}

function readSources(folder: Folder): { isCurrent(language: string, key: string): boolean } {
  const files: Readonly<Record<string, Sources>> = JSON.parse(readFileSync(sourcesFile, 'utf8'))
  const hashes = new Map(
    Object.entries(files[folder.name] ?? {}).map(
      ([language, sections]) =>
        [language, new Set(Object.values(sections).flatMap((line) => line.split(' ')))] as const,
    ),
  )
  return {
    isCurrent: (language, key) => ['all', language].some((name) => hashes.get(name)?.has(hashOf(key, folder)) ?? false),
  }
}

function folderUrl(name: Folder['name']): URL {
  return name === 'pages' ? locales : new URL('emails/', locales)
}

function readJson(file: URL): object {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function writeJson(file: URL, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}

function flatten(node: object, path = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(node).flatMap(([key, value]): (readonly [string, string])[] =>
      typeof value === 'string' ? [[path + key, value]] : [...flatten(value, `${path}${key}.`)],
    ),
  )
}

function report(open: readonly OpenTranslations[]): string {
  const incomplete = open.filter(isIncomplete)
  const lines = incomplete.flatMap(({ folder, language, missing, outdated }) => [
    `${language} (${folder}): ${missing.length} missing, ${outdated.length} outdated`,
    ...missing.map((key) => `  missing   ${key}`),
    ...outdated.map((key) => `  outdated  ${key}`),
  ])
  return lines.length === 0 ? 'All translations are complete and current.' : lines.join('\n')
}

function main(): void {
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { release: flag, done: flag, drop: flag, tidy: flag, help: flag },
    allowPositionals: true,
  })
  const languages = new Set(readFolder('pages').languages)
  const language = values.done ? (positionals.find((argument) => languages.has(argument)) ?? null) : null
  const prefixes = positionals.filter((argument) => argument !== language)
  const isSelected = (key: string) =>
    prefixes.some((prefix) => key === prefix || key.startsWith(prefix.endsWith('.') ? prefix : `${prefix}.`))
  if (values.help) console.log(help)
  else if (values.tidy) tidy()
  else if (values.drop) dropMessages(isSelected)
  else if (values.done) recordDone(language, prefixes.length === 0 ? () => true : isSelected)
  else {
    const open = openTranslations(values.release)
    console.log(report(open))
    if (values.release && open.some(isIncomplete)) process.exitCode = 1
  }
}

function isIncomplete({ missing, outdated }: OpenTranslations): boolean {
  return missing.length + outdated.length > 0
}

main()
