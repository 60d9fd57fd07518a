import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

const server = fileURLToPath(new URL('../../', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'translations-'))
  await mkdir(join(folder, 'scripts'))
  await cp(join(server, 'scripts/translations.ts'), join(folder, 'scripts/translations.ts'))
  await write('scripts/translated-from.json', {})
  await write('locales/en.json', {
    language: 'en',
    'signIn.title': 'Sign in',
    'signIn.keys_one': 'One key',
    'signIn.keys_other': '{count} keys',
    'users.title': 'Users',
  })
  for (const language of ['de', 'ja'])
    await write(`locales/${language}.json`, {
      language,
      'signIn.title': language,
      'signIn.keys_other': '{count}',
      'users.title': language,
    })
  for (const language of ['en', 'de', 'ja']) await write(`locales/emails/${language}.json`, { language, footer: 'by' })
})
afterEach(() => rm(folder, { recursive: true }))

async function write(file: string, value: object): Promise<void> {
  await mkdir(join(folder, file, '..'), { recursive: true })
  await writeFile(join(folder, file), JSON.stringify(value))
}

const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'))

/** Applies a change to a catalog. */
async function edit(language: string, changes: Readonly<Record<string, string | undefined>>) {
  await write(`locales/${language}.json`, { ...(await read(`locales/${language}.json`)), ...changes })
}

function runTranslations(...args: string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  return new Promise((resolve) => {
    const script = [join(folder, 'scripts/translations.ts'), ...args]
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', ...script], (error, stdout) =>
      resolve({ code: error === null ? 0 : 1, lines: stdout.trimEnd().split('\n') }),
    )
  })
}

const complete = { code: 0, lines: ['All translations are complete and current.'] }

test('lists a changed English message as outdated until its translation is recorded', async () => {
  await runTranslations('--done')
  expect(await runTranslations()).toEqual(complete)
  await edit('en', { 'signIn.keys_other': '{count} passkeys' })
  expect((await runTranslations()).lines).toEqual([
    'de (pages): 0 missing, 1 outdated',
    '  outdated  signIn.keys',
    'ja (pages): 0 missing, 1 outdated',
    '  outdated  signIn.keys',
  ])
  await runTranslations('--done', 'de', 'signIn')
  const open = ['ja (pages): 0 missing, 1 outdated', '  outdated  signIn.keys']
  expect(await runTranslations('--release')).toEqual({ code: 1, lines: open })
  await runTranslations('--done', 'users')
  expect((await runTranslations()).lines).toEqual(open)
  await runTranslations('--done', 'ja')
  expect(await runTranslations('--release')).toEqual(complete)
  expect(Object.keys((await read('scripts/translated-from.json')).pages)).toEqual(['all'])
})

test('lists missing messages, which a release requires on the sign-in pages and in e-mails only', async () => {
  await runTranslations('--done')
  await edit('en', { 'users.text': 'Everybody' })
  const administration = ['de (pages): 1 missing, 0 outdated', '  missing   users.text']
  expect((await runTranslations()).lines).toEqual([
    ...administration,
    'ja (pages): 1 missing, 0 outdated',
    '  missing   users.text',
  ])
  expect(await runTranslations('--release')).toEqual(complete)
  await edit('de', { 'signIn.title': undefined })
  expect(await runTranslations('--release')).toEqual({
    code: 1,
    lines: ['de (pages): 1 missing, 0 outdated', '  missing   signIn.title'],
  })
})

test('tidies catalogs: in the order of English, and one translation for messages that are the same in English', async () => {
  await edit('en', { 'frame.users': 'Users', 'frame.title': 'Sign in', 'frame.menu_other': 'Users' })
  await edit('de', { 'frame.menu_other': 'de', 'frame.users': 'de', 'frame.title': 'Anmelden', 'users.title': 'de' })
  await runTranslations('--done')
  const before = await runTranslations()
  await runTranslations('--tidy')
  expect(Object.entries(await read('locales/de.json'))).toEqual([
    ['language', 'de'],
    ['signIn.title', 'de'],
    ['signIn.keys_other', '{count}'],
    ['users.title', 'de'],
    ['frame.title', 'Anmelden'],
    ['frame.menu_other', 'de'],
  ])
  expect(await runTranslations()).toEqual(before)
  expect((await runTranslations()).lines.join()).not.toContain('frame.users')
})

test('drops the translations of a message in all languages', async () => {
  await runTranslations('--done')
  await runTranslations('--drop', 'signIn.keys', 'users')
  expect(await read('locales/de.json')).toEqual({ language: 'de', 'signIn.title': 'de' })
  expect((await read('locales/en.json'))['users.title']).toBe('Users')
})
