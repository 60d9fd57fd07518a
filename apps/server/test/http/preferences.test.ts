import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { loadCatalogs, selectCatalog } from '../../src/http/catalogs.ts'
import { createMessages } from '../../src/http/messages.ts'
import { type PageServer, startPageServer } from '../pages/page-server.ts'
import { startApp } from './app.ts'

const running = shareBetweenTests(() => startApp())

describe('a theme', () => {
  test('is stored in the browser, and reset', async () => {
    const agent = running.agent()
    const fetchSetupPage = async () => (await agent.get(`${running.url}/login/setup`)).text
    expect(await fetchSetupPage()).not.toContain('data-theme')
    const chosen = await agent.postForm(`${running.url}/preferences`, { theme: 'dark', back: '/login/setup' })
    expect([chosen.status, chosen.location]).toEqual([303, `${running.url}/login/setup`])
    expect(await fetchSetupPage()).toMatch(/<html[^>]* data-theme="dark"/)
    await agent.postForm(`${running.url}/preferences`, { theme: 'system', back: '/login/setup' })
    expect(await fetchSetupPage()).not.toContain('data-theme')
  })

  test.each([
    ['//evil.example', '/'],
    ['https://evil.example/', '/'],
    ['/lc/ABC?x=1', '/lc/ABC?x=1'],
    ['', '/'],
  ])('redirects from %j to %s', async (back, expected) => {
    const { location } = await running.agent().postForm(`${running.url}/preferences`, { theme: 'light', back })
    expect(location).toBe(running.url + expected)
  })

  test('is not stored if it is unknown, and neither is a language without a catalog', async () => {
    const agent = running.agent()
    await agent.postForm(`${running.url}/preferences`, { theme: '"><script>', language: 'tlh', back: '/' })
    expect((await agent.get(`${running.url}/login/setup`)).text).toMatch(/<html lang="en" dir="ltr">/)
  })

  test('cannot be set by another site', async () => {
    const response = await fetch(`${running.local}/preferences`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ theme: 'dark' }),
    })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
  })
})

describe('the language of a page', () => {
  let pages: PageServer
  beforeAll(async () => {
    const english: object = JSON.parse(await readFile(new URL('../../locales/en.json', import.meta.url), 'utf8'))
    const localize = (language: string) => ({
      language,
      messages: () => createMessages({ ...english, language }),
    })
    pages = await startPageServer(selectCatalog(['en', 'de', 'ar', 'zh-Hant', 'zh-Hans'].map(localize)))
  })
  afterAll(async () => pages[Symbol.asyncDispose]())

  test.each([
    [{}, 'en', 'ltr'],
    [{ 'accept-language': 'xx, de;q=0.5, ar;q=0.8' }, 'ar', 'rtl'],
    [{ 'accept-language': 'zh-TW' }, 'zh-Hant', 'ltr'],
    [{ 'accept-language': 'ar', cookie: 'language=de' }, 'de', 'ltr'],
    [{ 'accept-language': '*, , ;q=x', cookie: 'language=%E0%A4%A' }, 'en', 'ltr'],
    [{ 'accept-language': Array.from({ length: 1000 }, (_, index) => `x${index}`).join() }, 'en', 'ltr'],
    [{ cookie: `language=${'x'.repeat(4000)}` }, 'en', 'ltr'],
  ])('for %j is %s', async (headers: Record<string, string>, language, direction) => {
    const html = await (await fetch(`${pages.origin}/signed-out`, { headers })).text()
    expect(html).toContain(`<html lang="${language}" dir="${direction}">`)
  })

  test('is taken from the account if the browser has none', async () => {
    const state = pages.pages.get('clients-none')
    if (state?.view !== 'clients') throw new Error('The state shows another page.')
    pages.pages.set('in-german', { ...state, viewer: { ...state.viewer, locale: 'de-AT' } })
    const fetchLanguage = async (headers: Record<string, string>) =>
      /lang="([^"]+)"/.exec(await (await fetch(`${pages.origin}/in-german`, { headers })).text())?.[1]
    expect(await fetchLanguage({ 'accept-language': 'ar' })).toBe('de')
    expect(await fetchLanguage({ 'accept-language': 'ar', cookie: 'language=zh-Hans' })).toBe('zh-Hans')
  })

  test('also applies to an error page, which shows its request ID', async () => {
    const response = await fetch(`${running.local}/nowhere`, {
      headers: { accept: 'text/html', 'accept-language': 'de' },
    })
    const html = await response.text()
    const german = (await loadCatalogs(fileURLToPath(new URL('../../locales', import.meta.url)))).inPreferredLanguage([
      'de',
    ])
    const [title, text] = [german.text('errors.not_found.title'), german.text('errors.not_found.text')]
    expect(html).toContain('<html lang="de" dir="ltr">')
    expect(html).toContain(`<h1>${title}</h1><p class="muted">${text}</p>`)
    expect(html).toContain(`<code>${response.headers.get('x-request-id')}</code>`)
  })

  test('can be selected on every page by its own name', async () => {
    const html = await (await fetch(`${pages.origin}/signed-out`)).text()
    for (const name of ['Deutsch', 'العربية', '繁體中文', '简体中文', 'English'])
      expect(html).toContain(`<bdi>${name}</bdi>`)
  })
})
