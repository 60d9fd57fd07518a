import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Compose, type ComposerDeps, createComposer } from '../../src/email/compose.ts'
import type { Message } from '../../src/email/email.ts'
import { createGeoIp } from '../../src/geoip/geoip.ts'
import { type Catalogs, loadCatalogs } from '../../src/http/catalogs.ts'
import { createMessages, parseCatalog } from '../../src/http/messages.ts'

const server = new URL('../../', import.meta.url)
const folder = fileURLToPath(new URL('locales/emails/', server))
const now = Date.UTC(2026, 0, 31, 8, 14)
type MessageKind = Message['kind']
const examples: { readonly [K in MessageKind]: Message & { readonly kind: K } } = {
  test: { kind: 'test' },
  'one-time-access': {
    kind: 'one-time-access',
    code: 'K7QP2M',
    redirect: '/a',
    bound: true,
    expiresAt: now + 15 * 60_000,
  },
  'email-verification': { kind: 'email-verification', name: 'Ada', token: 'abc', expiresAt: now + 86_400_000 },
  'new-sign-in': { kind: 'new-sign-in', name: 'Ada', ipAddress: '192.0.2.1', device: 'Firefox on Linux', at: now },
  'code-sign-in': { kind: 'code-sign-in', name: 'Ada', ipAddress: '192.0.2.1', device: 'Firefox on Linux', at: now },
  'recovery-code-used': {
    kind: 'recovery-code-used',
    name: 'Ada',
    ipAddress: '192.0.2.1',
    device: 'Firefox on Linux',
    at: now,
  },
  'recovery-requested': {
    kind: 'recovery-requested',
    name: 'Ada',
    userName: null,
    token: 'abc',
    readyAt: now + 86_400_000,
    ipAddress: '192.0.2.1',
  },
  'user-recovery-requested': {
    kind: 'user-recovery-requested',
    name: 'Ada',
    userName: 'bob',
    token: 'abc',
    readyAt: now + 86_400_000,
    ipAddress: '192.0.2.1',
  },
  'recovery-code': { kind: 'recovery-code', name: 'Ada', code: 'AB3D-EF4H-JK5M-NP6Q', expiresAt: now + 86_400_000 },
  'account-approved': { kind: 'account-approved', name: 'Ada', note: 'Welcome.' },
  'account-refused': { kind: 'account-refused', name: 'Ada', note: 'Sorry.' },
  'api-key-expiring': { kind: 'api-key-expiring', name: 'Ada', keyName: 'Backup', expiresAt: now + 86_400_000 },
  invitation: { kind: 'invitation', link: 'https://id.example.com/st/abc', expiresAt: now + 3_600_000 },
}

let catalogs: Catalogs
let compose: Compose
let deps: ComposerDeps
let accentColor = 'default'
let texts: ReadonlyMap<string, ReadonlyMap<string, string>>

beforeAll(async () => {
  catalogs = await loadCatalogs(folder)
  deps = {
    viewsDirectory: fileURLToPath(new URL('views/', server)),
    catalogs,
    settings: async () => ({ appName: 'Our <Pocket>', accentColor }),
    appUrl: 'https://id.example.com',
    geoIp: createGeoIp({ database: () => null, localIpv6Ranges: [] }),
  }
  compose = createComposer(deps)
  const files = await readdir(folder)
  texts = new Map(
    await Promise.all(
      files.map(async (file) => {
        const catalog: object = JSON.parse(await readFile(folder + file, 'utf8'))
        return [file.replace('.json', ''), new Map(flatten(catalog))] as const
      }),
    ),
  )
})

function flatten(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flatten(value, `${path}${key}.`),
  )
}

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()

describe('the e-mail catalogs', () => {
  test('have only messages of English, with the same placeholders', () => {
    const english = texts.get('en') ?? new Map<string, string>()
    expect(texts.size).toBe(18)
    for (const [language, own] of texts) {
      expect([language, [...own.keys()].filter((key) => !english.has(key))]).toEqual([language, []])
      expect(own.get('language')).toBe(language)
      for (const [key, text] of own)
        expect([language, key, [...new Set(placeholders(text))]]).toEqual([
          language,
          key,
          [...new Set(placeholders(english.get(key) ?? ''))],
        ])
    }
  })

  test.each([
    [null, 'en'],
    ['en-GB', 'en'],
    ['de_AT', 'de'],
    ['pt-PT', 'pt-BR'],
    ['zh', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['ar-EG', 'ar'],
    ['uk-Latn', 'uk'],
    ['xx', 'en'],
    ['no language!', 'en'],
  ])('maps the language %s to the catalog %s', (locale, expected) => {
    expect(catalogs.inPreferredLanguage(locale === null ? [] : [locale]).language).toBe(expected)
  })

  test('uses the first of several languages that has a catalog', () => {
    expect(catalogs.inPreferredLanguage(['xx', 'no language!', 'fr-CA', 'de']).language).toBe('fr')
    expect(catalogs.inPreferredLanguage([]).language).toBe('en')
  })

  test('contain no unused message', async () => {
    const files = (await readdir(new URL('src/email/', server))).map((name) => `src/email/${name}`)
    const paths = [...files, 'src/http/device.ts', 'src/geoip/location-names.ts']
    const sources = await Promise.all(paths.map((path) => readFile(new URL(path, server), 'utf8')))
    const names = new Set([...sources.join().matchAll(/'([\w.-]+)'/g)].map(([, name]) => name))
    const isUsed = (key: string) => key === 'language' || names.has(key) || names.has(key.replace(/_\w+$/, ''))
    expect([...(texts.get('en') ?? new Map()).keys()].filter((key) => !isUsed(key))).toEqual([])
  })

  test('contain no untranslated English sentence', () => {
    const english = new Set(texts.get('en')?.values())
    for (const [language, own] of texts)
      if (language !== 'en')
        expect([language, [...own.values()].filter((text) => english.has(text))]).toEqual([language, []])
  })

  test('treats a name as plain text only', async () => {
    const message = { kind: 'email-verification', name: '<b>Ada</b>', token: 'abc', expiresAt: now } as const
    const { subject, text, html } = await compose(message, 'de', now)
    expect([html.includes('<b>'), html.includes('<Pocket>')]).toEqual([false, false])
    expect(`${subject}${text}`).toContain('Our <Pocket>')
    expect(text).toContain('<b>Ada</b>')
  })

  test('falls back to English, marked in HTML and plain elsewhere', async () => {
    const english = parseCatalog(await readFile(`${folder}en.json`, 'utf8'), 'en.json')
    const own = createMessages({ language: 'de', test: { text: 'Ein Test von {appName}.' } }, english)
    const all = { inPreferredLanguage: () => own, languages: [] }
    const { subject, text, html } = await createComposer({ ...deps, catalogs: all })({ kind: 'test' }, 'de', now)
    expect(subject).toBe('Test e-mail from Our <Pocket>')
    expect(text).toContain('Ein Test von Our <Pocket>.\n\n-- \nSent by Our <Pocket>,')
    expect(html).toContain('<title lang="en">Test e-mail from')
    expect(html).toContain('>Ein Test von')
    expect(html).toContain('<span lang="en" dir="ltr">Test e-mail from')
    expect(`${subject}${text}${html}`).not.toMatch(/[\uFDD0\uFDD1]/)
  })

  test.each([
    ['default', '#14705c', '#ffffff'],
    ['#ff0', '#ffff00', '#1d2128'],
    ['oklch(0.3 0.1 250)', '#002e5d', '#ffffff'],
    ['rgb(255 255 255 / 50%)', '#ffffff', '#1d2128'],
    ['nonsense', '#14705c', '#ffffff'],
  ])('keep the link label readable on the accent %s, in every e-mail client', async (color, background, ink) => {
    accentColor = color
    const message = { kind: 'email-verification', name: 'Ada', token: 'abc', expiresAt: now } as const
    expect((await compose(message, null, now)).html).toContain(`background:${background};color:${ink};`)
    accentColor = 'default'
  })

  test('render every e-mail completely in every language, in both parts', async () => {
    for (const language of texts.keys())
      for (const message of Object.values(examples)) {
        const { subject, text, html } = await compose(message, language, now)
        expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
        expect(`${subject}${text}${html}`).not.toMatch(/undefined|\{\w+\}|NaN/)
        if (message.kind === 'one-time-access') {
          expect(text).toContain('https://id.example.com/lc/K7QP2M?redirect=%2Fa\n')
          expect(html).toContain('>K7QP2M<')
        }
        // The label of a fact is a separate element, at the end side of the line.
        if (message.kind === 'new-sign-in')
          expect(html).toContain(language === 'ar' ? 'padding:4px 0 4px 24px' : 'padding:4px 24px 4px 0')
      }
  })
})
