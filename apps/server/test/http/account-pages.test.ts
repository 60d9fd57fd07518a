import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import sharp from 'sharp'
import { startCalledInstance } from '../api/calls.ts'
import { registerPasskey, signInWithPasskey } from '../api/instance.ts'
import { freshName } from '../api/people.ts'
import { completeSettings, write } from '../api/setting-calls.ts'
import { upload } from '../images/uploads.ts'

const pagePath = '/settings/account'
const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

const get = (agent: UserAgent, path = pagePath) => agent.get(instance.url + path)
const post = (agent: UserAgent, path: string, fields: Readonly<Record<string, string>> = {}) =>
  agent.postForm(instance.url + path, fields)
const changeSettings = (changes: Parameters<typeof completeSettings>[0]) =>
  instance.call(write, { body: completeSettings(changes) })
async function profileOf(agent: UserAgent) {
  const page = await get(agent)
  const { fields } = page.form(pagePath)
  const { username = '' } = fields
  return { page, form: { ...fields, username, email: `${username}@example.com` } }
}
const getCurrentUser = async (agent: UserAgent) => (await instance.call('GET /api/users/me', { agent })).json

describe('the profile', () => {
  test('is changed by the rules of the REST API, with an audit event', async () => {
    const { agent } = await instance.person(freshName())
    const { page, form } = await profileOf(agent)
    expect(page.text).toMatch(/aria-current="page">Profile/)
    const saved = await post(agent, pagePath, {
      ...form,
      firstName: 'Grace',
      lastName: 'Hopper',
      displayName: 'Amazing Grace',
    })
    expect([saved.status, saved.location]).toEqual([303, instance.url + pagePath])
    expect((await get(agent)).text).toContain('Your profile was saved.')
    expect(await getCurrentUser(agent)).toMatchObject({
      firstName: 'Grace',
      lastName: 'Hopper',
      displayName: 'Amazing Grace',
    })
    expect((await get(agent, '/settings/audit-log')).text).toContain('<span>User changed</span>')
  })

  test('keeps the input and explains a rejection', async () => {
    const { agent } = await instance.person(freshName())
    const { form } = await profileOf(agent)
    const refused = await post(agent, pagePath, { ...form, username: '-no', firstName: '<i>Grace' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('value="-no"')
    expect(refused.text).toContain('value="&lt;i&gt;Grace"')
    expect(refused.text).toMatch(/<li><a href="#f-username">A user name has/)
    const taken = await post(agent, pagePath, { ...form, username: 'ada' })
    expect(taken.text).toContain('This user name is taken')
    expect(await getCurrentUser(agent)).toMatchObject({ username: form.username })
  })

  test('does not overwrite a concurrent change', async () => {
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    const { form } = await profileOf(agent)
    const { username, email } = form
    const body = { username, email, displayName: 'Of the administrator' }
    await instance.call('PUT /api/users/{id}', { params: { id }, body })
    const conflict = await post(agent, pagePath, { ...form, displayName: 'My own' })
    expect(conflict.status).toBe(412)
    expect(conflict.text).toContain('Of the administrator')
    expect(conflict.text).toContain('value="My own"')
    const again = await agent.postForm(instance.url + pagePath, { ...conflict.form(pagePath).fields })
    expect(again.status).toBe(303)
    expect(await getCurrentUser(agent)).toMatchObject({ displayName: 'My own' })
  })

  test('allows only a language change if users cannot edit their profile', async () => {
    await changeSettings({ allowOwnAccountEdit: 'false' })
    const { agent } = await instance.personWithoutPasskey(freshName())
    const before = await getCurrentUser(agent)
    const { text } = await get(agent)
    expect(text).toContain('Your administrator manages these')
    expect(text).not.toContain('name="displayName"')
    await post(agent, pagePath, { username: 'other', displayName: 'Other' })
    expect(await getCurrentUser(agent)).toEqual(before)
    expect((await post(agent, `${pagePath}/language`, { language: 'en' })).status).toBe(303)
    expect(await getCurrentUser(agent)).toMatchObject({ locale: 'en' })
    await changeSettings({ allowOwnAccountEdit: 'true' })
  })

  test('sets a language for the account and this browser, or uses that of the browser', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const cookie = () => agent.cookies().find(({ name }) => name === 'language')?.value
    await post(agent, `${pagePath}/language`, { language: 'en' })
    expect([(await getCurrentUser(agent)).locale, cookie()]).toEqual(['en', 'en'])
    await post(agent, `${pagePath}/language`, { language: 'tlh' })
    expect([(await getCurrentUser(agent)).locale ?? null, cookie()]).toEqual([null, undefined])
  })

  test('saves the language together with the profile, and leaves that of this browser if it is unchanged', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const cookie = () => agent.cookies().find(({ name }) => name === 'language')?.value
    const fields = async () => (await get(agent)).form(pagePath).fields
    const form = await fields()
    const refused = await post(agent, pagePath, { ...form, username: '-no', language: 'de' })
    expect(refused.text).toMatch(/value="de" lang="de" selected/)
    expect([(await getCurrentUser(agent)).locale ?? null, cookie()]).toEqual([null, undefined])
    expect((await post(agent, pagePath, { ...form, language: 'de' })).status).toBe(303)
    expect([(await getCurrentUser(agent)).locale, cookie()]).toEqual(['de', 'de'])
    await post(agent, '/preferences', { language: 'en', back: pagePath })
    expect((await post(agent, pagePath, { ...(await fields()), firstName: 'Grace', language: 'de' })).status).toBe(303)
    expect([(await getCurrentUser(agent)).locale, cookie()]).toEqual(['de', 'en'])
  })

  test('sets the theme of this browser and returns to the page', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const readTheme = async () => {
      const page = (await agent.get(instance.url + pagePath)).text
      const [, section = ''] = /aria-labelledby="theme">(.*?)<\/section>/s.exec(page) ?? []
      return /value="(\w+)" aria-current/.exec(section)?.[1]
    }
    expect(await readTheme()).toBe('system')
    const { location } = await post(agent, '/preferences', { theme: 'dark', back: pagePath })
    expect([location, await readTheme()]).toEqual([instance.url + pagePath, 'dark'])
  })
})

describe('the picture', () => {
  const send = (agent: UserAgent, bytes: Uint8Array | string) =>
    upload(agent, { method: 'POST', url: `${instance.url}${pagePath}/picture`, bytes })

  test('is uploaded without a script, shown and removed', async () => {
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    const red = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#f00' } })
      .png()
      .toBuffer()
    expect((await send(agent, red)).status).toBe(303)
    const page = await get(agent)
    expect(page.text).toContain(`src="/api/users/${id}/profile-picture.png?v=`)
    expect((await post(agent, `${pagePath}/picture/remove`)).status).toBe(303)
    expect((await get(agent)).text).not.toContain('picture/remove')
  })

  test('is rejected on the page if it is not an image', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const refused = await send(agent, 'no picture')
    const text = await refused.text()
    expect([refused.status, text.includes('id="picture-form"')]).toEqual([415, true])
    expect(text).toContain('role="alert"')
  })
})

test('passkeys show their provider, whether they are device-bound, and their last use', async () => {
  const { agent } = await instance.personWithoutPasskey(freshName())
  const icloud = new SoftwareAuthenticator({ aaguid: 'dd4ec289-e01d-41c9-bb89-70fa845d4bf2' })
  await registerPasskey(agent, instance.url, icloud)
  expect((await signInWithPasskey(agent, instance.url, icloud)).status).toBe(200)
  await registerPasskey(agent, instance.url, new SoftwareAuthenticator({ backupEligible: false }))
  const page = (await get(agent, `${pagePath}/security`)).text
  const passkeys = [...page.matchAll(/<details name="passkey">(.*?)<\/summary>/gs)].map(([, text = '']) => ({
    drawing: /<svg class="icon brand"[^>]* aria-label="([^"]+)"><path d="[^"]+"/.exec(text)?.[1],
    kind: ['synced', 'on one device'].filter((kind) => text.includes(` · ${kind}<`)),
    isUsed: !text.includes('not used yet'),
  }))
  const other = { drawing: undefined, kind: ['on one device'], isUsed: false }
  const first = { drawing: 'iCloud Keychain (Managed)', kind: ['synced'], isUsed: true }
  expect(passkeys).toEqual(expect.arrayContaining([first, other]))
  expect(page).toContain('Created in')
})

test('the account pages link to each other', async () => {
  const { agent } = await instance.personWithoutPasskey(freshName())
  for (const path of [pagePath, `${pagePath}/security`, `${pagePath}/data`]) {
    const { status, text } = await get(agent, path)
    expect([path, status]).toEqual([path, 200])
    expect(text).toContain(`href="${path}" aria-current="page"`)
    expect((await get(instance.agent(), path)).status).toBe(303)
  }
})
