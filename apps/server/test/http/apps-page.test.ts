import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { authorizationUrl } from '../api/instance.ts'
import { freshName } from '../api/people.ts'
import { photoWithMetadata } from '../images/samples.ts'
import { upload } from '../images/uploads.ts'

const pagePath = '/settings/apps'

describe.each(databaseKinds)('the applications of a user on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind, { ALLOW_USER_SIGNUPS: 'open' }))

  const get = (agent: UserAgent, path = pagePath) => agent.get(instance.url + path)
  const post = (agent: UserAgent, path: string, fields: Readonly<Record<string, string>> = {}) =>
    agent.postForm(instance.url + path, fields)
  const create = (name: string, extra: Readonly<Record<string, unknown>> = {}) =>
    instance.app.pocket.clients.create({ name, redirectUris: ['https://app.example'], ...extra })
  const namesOf = (text: string) => [...text.matchAll(/data-app="([^ "]+)/g)].map(([, name]) => name)

  const consentTo = async (agent: UserAgent, clientId: string) => {
    const to = authorizationUrl(instance.url, clientId, 'https://app.example', { scope: 'openid profile' })
    const consent = await agent.follow(await agent.get(to))
    await agent.followTo(await agent.submit(consent, consent.form(`${new URL(consent.url).pathname}/consent`)), (to) =>
      to.startsWith('https://app.example'),
    )
  }

  /** Creates a passkey at a page that offers it. */
  const addPasskey = async (agent: UserAgent, path: string, fields: object) => {
    const optionsResponse = await agent.postJson(`${instance.url}${path}/options`, fields)
    const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
    const response = new SoftwareAuthenticator({ backupEligible: false }).create(options, { origin: instance.url })
    const query = 'redirect' in fields ? `?${new URLSearchParams({ redirect: String(fields.redirect) })}` : ''
    return (await agent.postJson(instance.url + path + query, { response })).json()
  }

  test('follow the first passkey once, with the advice to add a second one', async () => {
    const newUser = instance.agent()
    const username = freshName()
    const fields = { username, email: `${username}@example.com` }
    expect((await get(newUser, '/login?redirect=%2Fdevice')).text).toContain('href="/signup?redirect=%2Fdevice"')
    expect(await addPasskey(newUser, '/signup', fields)).toEqual({ redirectTo: pagePath })
    const { agent: invited } = await instance.personWithoutPasskey(freshName())
    expect(await addPasskey(invited, '/signup/add-passkey', {})).toEqual({ redirectTo: pagePath })
    for (const agent of [newUser, invited]) {
      const { text } = await get(agent)
      expect(text).toContain('Your passkey works.')
      expect(text).toContain('Your only passkey is on one device.')
      expect(text.indexOf('Your passkey works.')).toBeLessThan(text.indexOf('No applications yet'))
      expect(text.indexOf('No applications yet')).toBeLessThan(text.indexOf('Your only passkey is on one device.'))
      const again = (await get(agent)).text
      expect(again).not.toContain('Your passkey works.')
      expect(again).not.toContain('Your only passkey is on one device.')
    }
    expect(await addPasskey(invited, '/signup/add-passkey', {})).toEqual({ redirectTo: '/settings/account' })
    const { agent: other } = await instance.personWithoutPasskey(freshName())
    expect(await addPasskey(other, '/signup/add-passkey', { redirect: '/device' })).toEqual({ redirectTo: '/device' })
  })

  test('are those available to the user, with their launch URLs', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const launchUrl = 'https://photos.example.com/start'
    const { id } = await create('Photos', { launchUrl })
    await create('Closed', { launchUrl, isGroupRestricted: true })
    await create('Silent')
    const { text, status } = await get(agent)
    expect([status, namesOf(text)]).toEqual([200, expect.arrayContaining(['Photos', 'Silent'])])
    expect(text).not.toContain('Closed')
    expect(text).toContain(`href="${launchUrl}"`)
    expect(text).toMatch(/Silent.*?No launch URL/s)
    const found = await get(agent, `${pagePath}?search=phot`)
    expect(namesOf(found.text)).toEqual(['Photos'])
    expect(namesOf((await get(agent, `${pagePath}?search=zebra`)).text)).toEqual([])
    expect((await get(instance.agent())).status).toBe(303)
    await instance.app.pocket.clients.remove(id)
  })

  test('have favorites, which come first, are per user, and are deleted with the client', async () => {
    const person = await instance.personWithoutPasskey(freshName())
    const other = await instance.personWithoutPasskey(freshName())
    const { id } = await create('Zulip')
    for (const name of ['Before', 'Zulip2']) await create(name)
    expect(namesOf((await get(person.agent)).text)[0]).not.toBe('Zulip')
    const setFavorite = (favorite: string, list = '?') =>
      post(person.agent, `${pagePath}/${encodeURIComponent(id)}/favorite`, { favorite, list })
    const marked = await setFavorite('yes', '?search=Z')
    expect([marked.status, marked.location]).toEqual([303, `${instance.url}${pagePath}?search=Z`])
    expect((await setFavorite('yes')).status).toBe(303)
    expect(namesOf((await get(person.agent)).text)[0]).toBe('Zulip')
    expect((await get(person.agent)).text.match(/aria-pressed="true"/g)).toHaveLength(1)
    expect((await get(other.agent)).text).not.toContain('aria-pressed="true"')
    await setFavorite('no')
    expect((await get(person.agent)).text).not.toContain('aria-pressed="true"')
    await setFavorite('yes')
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id } })
    expect((await setFavorite('yes')).status).toBe(404)
  })

  test('are in the order of their last use, then by name in the language of the page', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const ids: string[] = []
    for (const name of ['Zettel-Order', 'Ärger-Order', 'berry-Order', 'Used-Order']) ids.push((await create(name)).id)
    await consentTo(agent, ids.at(-1) ?? '')
    const order = async () => namesOf((await get(agent, `${pagePath}?search=-order`)).text)
    expect(await order()).toEqual(['Used-Order', 'Ärger-Order', 'berry-Order', 'Zettel-Order'])
    await post(agent, '/preferences', { language: 'sv', back: pagePath })
    expect(await order()).toEqual(['Used-Order', 'berry-Order', 'Zettel-Order', 'Ärger-Order'])
    for (const id of ids) await instance.app.pocket.clients.remove(id)
  })

  test("show the logo for the selected theme or the system's", async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { id } = await create('Themed')
    for (const [light, size] of [
      ['true', 8],
      ['false', 9],
    ] as const) {
      const url = `${instance.url}/api/oidc/clients/${id}/logo?light=${light}`
      await upload(instance.administrator, { method: 'POST', url, bytes: await photoWithMetadata('png', size, size) })
    }
    const fetchTile = async () =>
      /data-app="Themed.*?<\/li>/s.exec((await get(agent, `${pagePath}?search=themed`)).text)?.[0]
    expect(await fetchTile()).toMatch(/<source srcset="[^"]*light=false[^"]*" media="\(prefers-color-scheme: dark\)">/)
    for (const [theme, shown] of [
      ['dark', 'false'],
      ['light', 'true'],
    ] as const) {
      await post(agent, '/preferences', { theme, back: pagePath })
      expect(await fetchTile()).toMatch(new RegExp(`aria-hidden="true">\\s*<img src="[^"]*light=${shown}`))
    }
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id } })
  })

  test('cannot be favorites if they are not available', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { id } = await create('Hidden', { isGroupRestricted: true })
    expect((await post(agent, `${pagePath}/${id}/favorite`, { favorite: 'yes' })).status).toBe(404)
  })

  test('list their granted scopes until the user revokes them after a confirmation', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const { id } = await create('Reader')
    await consentTo(agent, id)
    const { text } = await get(agent)
    expect(text).toMatch(/id="allowed".*Reader.*openid, profile/s)
    expect(text).toContain('data-dialog="withdraw-0"')
    const actionPath = `${pagePath}/${id}/withdraw`
    const response = await get(agent, actionPath)
    expect(response.text).toContain('Remove access for Reader?')
    const otherUser = await instance.personWithoutPasskey(freshName())
    expect((await get(otherUser.agent, actionPath)).status).toBe(404)
    expect((await post(otherUser.agent, actionPath)).status).toBe(404)
    expect((await post(agent, actionPath)).status).toBe(303)
    const after = await get(agent)
    expect(after.text).toContain('no longer has access')
    expect(after.text).toContain('You haven’t given any application access yet.')
    expect((await get(agent, '/settings/audit-log')).text).toContain('<span>Access withdrawn</span> <strong>· <bdi>')
  })

  test('are those with the first names, and all favorites, if there are too many', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const ids: string[] = []
    for (let number = 190; number > 100; number -= 1) ids.push((await create(`Sorted${number}`)).id)
    // Neither one of the first by name nor one of the oldest.
    await post(agent, `${pagePath}/${ids[45]}/favorite`, { favorite: 'yes' })
    const names = namesOf((await get(agent, `${pagePath}?search=sorted`)).text)
    const first = Array.from({ length: 4 }, (_, index) => `Sorted${101 + index}`)
    expect([names.length, ...names.slice(0, 5)]).toEqual([40, 'Sorted145', ...first])
    for (const id of ids) await instance.app.pocket.clients.remove(id)
  })

  test('are 40, and 15 with consent, on one page with favorites first; the search finds the others', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    const ids: string[] = []
    for (let number = 100; number < 142; number += 1) ids.push((await create(`Many${number}`)).id)
    for (const id of ids.slice(0, 16)) await consentTo(agent, id)
    await post(agent, `${pagePath}/${ids.at(-1)}/favorite`, { favorite: 'yes' })
    const { text } = await get(agent, `${pagePath}?search=many`)
    expect(namesOf(text)).toHaveLength(40)
    expect(namesOf(text).slice(0, 2)).toEqual(['Many141', 'Many115'])
    expect(text).toContain('2 more match. Search for the one you want.')
    expect(text.match(/data-dialog="withdraw-/g)).toHaveLength(15)
    expect(text).toContain('One more matches. Search for the one you want.')
    const found = (await get(agent, `${pagePath}?search=many100`)).text
    expect(found).toContain('data-app="Many100')
    expect(found).toContain(`href="${pagePath}/${ids[0]}/withdraw"`)
    for (const id of ids) await instance.app.pocket.clients.remove(id)
  })
})
