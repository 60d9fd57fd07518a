import { describe, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { changeSettings } from '../api/setting-calls.ts'
import { heic, photoWithMetadata, svg } from '../images/samples.ts'
import { fetchImage, upload } from '../images/uploads.ts'

const base = '/settings/admin/application-configuration'
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

const findStyleSheet = ({ text }: { readonly text: string }) => /href="(\/assets\/appearance\.[^"]+)"/.exec(text)?.[1]
const get = (path: string, agent: UserAgent = instance.agent()) => agent.get(instance.url + path)
const send = (name: string, bytes: Uint8Array | string) =>
  upload(instance.administrator, { method: 'POST', url: `${instance.url}${base}/images/${name}`, bytes })

describe('the style sheet of an instance', () => {
  test('is not served if nothing was customized', async () => {
    expect(findStyleSheet(await get('/login'))).toBeUndefined()
    expect((await get('/login')).text).toContain('<body class="gate">')
  })

  test('is on every page, cached permanently, and replaced after a change', async () => {
    await changeSettings(instance, { accentColor: 'rebeccapurple', disableAnimations: 'true' })
    const pages = [await get('/login'), await get(base, instance.administrator), await get('/nowhere')]
    const [address = '', ...others] = pages.map(findStyleSheet)
    expect(others).toEqual([address, address])
    for (const page of pages)
      expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'(;|$)/)
    // No form of this page leads to a client, so only the site itself is allowed.
    expect(pages[1]?.headers.get('content-security-policy')).toMatch(/; form-action 'self'$/)
    const sheet = await fetchImage(instance.agent(), instance.url + address)
    expect(sheet).toMatchObject({
      status: 200,
      type: 'text/css; charset=utf-8',
      cache: expect.stringContaining('immutable'),
    })
    expect(sheet.bytes.toString()).toMatch(/^:root\{--accent-hue:30\d.*;--t:0s\}\n$/)
    expect(
      await fetchImage(instance.agent(), instance.url + address, { 'if-none-match': sheet.tag ?? '' }),
    ).toMatchObject({
      status: 304,
    })

    await changeSettings(instance, { disableAnimations: 'false' })
    const next = findStyleSheet(await get('/login')) ?? ''
    expect(next).not.toBe(address)
    // A page rendered a moment ago gets the current style sheet.
    const late = await fetchImage(instance.agent(), instance.url + address)
    expect([late.cache, late.bytes.toString()]).toEqual(['no-cache', expect.not.stringContaining('--t:0s')])
    await changeSettings(instance, { accentColor: 'default' })
    expect(findStyleSheet(await get('/login'))).toBeUndefined()
    expect((await fetchImage(instance.agent(), instance.url + next)).bytes.toString()).toBe('')
  })
})

describe('the images of an instance', () => {
  test('are replaced and removed on the page, and shown', async () => {
    const before = await get(base, instance.administrator)
    expect(before.text.match(/class="chip ok">custom/g)).toBeNull()
    for (const name of ['logoLight', 'background', 'favicon', 'default-profile-picture', 'email'])
      expect([name, (await send(name, name === 'favicon' ? svg : await photoWithMetadata('png'))).status]).toEqual([
        name,
        303,
      ])
    const page = await get(base, instance.administrator)
    expect(page.text.match(/class="chip ok">custom/g)).toHaveLength(5)
    for (const [, address = ''] of page.text.matchAll(/src="(\/api\/application-images\/[^"]+)"/g))
      expect([address, (await get(address.replaceAll('&amp;', '&'), instance.administrator)).status]).toEqual([
        address,
        200,
      ])
    const login = await get('/login')
    expect(login.text).toContain('<body class="gate pictured">')
    expect(login.text).toMatch(/<link rel="icon" href="\/api\/application-images\/favicon[^"]*"/)
    const sheet = await fetchImage(instance.agent(), instance.url + findStyleSheet(login))
    expect(sheet.bytes.toString()).toMatch(
      /^:root\{--background:url\("\/api\/application-images\/background\?v=[\w-]+"\)\}\n$/,
    )
    expect(findAuditEvents(instance, 'settings_changed')).toContainEqual(
      expect.objectContaining({ keys: ['image:background'] }),
    )

    const remove = `${instance.url}${base}/images/logoLight/remove`
    const removed = await instance.administrator.follow(await instance.administrator.postForm(remove, {}))
    expect(removed.text).toMatch(/<p>Removed: <strong>Picture · /)
    expect(removed.text.match(/class="chip ok">custom/g)).toHaveLength(4)
  })

  test('include the logo of the selected theme', async () => {
    await send('logoLight', await photoWithMetadata('png', 8, 8))
    await send('logoDark', await photoWithMetadata('png', 9, 9))
    const agent = instance.agent()
    expect((await get('/login', agent)).text).toMatch(
      /<source srcset="[^"]*light=false[^"]*" media="\(prefers-color-scheme: dark\)">/,
    )
    await agent.postForm(`${instance.url}/preferences`, { theme: 'dark', back: '/login' })
    expect((await get('/login', agent)).text).toMatch(/<p class="brand">\s*<img class="mark" src="[^"]*light=false/)
  })

  test.each([
    ['logoLight', '', 400, 'Choose a file first.'],
    ['logoLight', heic, 415, 'This file type isn’t supported.'],
    ['email', svg, 415, 'This file type isn’t supported.'],
    ['background', Buffer.from('GIF89a and no picture'), 400, 'This picture can’t be read'],
    ['background', Buffer.alloc(10 * 1024 * 1024 + 1), 413, 'This file is larger than 10 MB.'],
  ])('%s rejects file %# with a message next to its field', async (name, bytes, status, sentence) => {
    const response = await send(name, bytes)
    const text = await response.text()
    expect([response.status, text]).toEqual([status, expect.stringContaining(sentence)])
    expect(text).toContain(`href="#f-picture-${name}"`)
  })

  test('returns not found for an unknown picture', async () => {
    expect((await send('nothing', svg)).status).toBe(404)
  })
})
