import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import sharp from 'sharp'
import { startCalledInstance } from '../api/calls.ts'
import type { Instance } from '../api/instance.ts'
import { authorizationUrl, cookieHeader } from '../api/instance.ts'
import { heic, ico, photoWithMetadata, plainImage, svg } from './samples.ts'
import { fetchImage, statusAndCode, upload } from './uploads.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'
const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let api: string

  beforeAll(() => {
    api = `${instance.url}/api`
  })

  const put = (path: string, bytes: Uint8Array | string, extra = {}) =>
    upload(instance.administrator, { method: 'PUT', url: api + path, bytes, ...extra })
  const get = (path: string, headers = {}) => fetchImage(instance.agent(), api + path, headers)
  const remove = (path: string) => instance.administrator.sendJson('DELETE', api + path)
  const refusal = async (path: string) => JSON.parse((await get(path)).bytes.toString()) as { code: string }

  describe('images of the instance', () => {
    const own = [
      ['/application-images/logo', null, null],
      ['/application-images/logo?default=true', 'image/svg+xml', null],
      ['/application-images/favicon', 'image/svg+xml', 'kept'],
      ['/application-images/email', 'image/png', 'kept'],
      ['/application-images/background', null, null],
    ] as const

    test.each(own)('%s: is the default, then a custom image, then the default again', async (path, ours, kept) => {
      const before = await get(path)
      expect([before.status, ours && before.type]).toEqual([ours === null ? 404 : 200, ours])
      if (ours === null) expect(await refusal(path)).toMatchObject({ code: 'image_not_found' })

      expect(await statusAndCode(await put(path, await photoWithMetadata('png')))).toEqual([204, ''])
      const shown = await get(path)
      expect([shown.status, shown.type, shown.cache]).toEqual([
        200,
        'image/png',
        'public, max-age=900, stale-while-revalidate=86400',
      ])
      expect(shown.tag).toBe(`"${createHash('sha256').update(shown.bytes).digest('base64url')}"`)
      expect([shown.policy, shown.sniffing]).toEqual(["default-src 'none'; sandbox", 'nosniff'])
      expect((await get(path, { 'if-none-match': shown.tag })).status).toBe(304)

      if (kept !== null) return
      expect((await remove(path)).status).toBe(204)
      expect(await get(path)).toMatchObject({ status: before.status, tag: before.tag })
      const again = await remove(path)
      expect([again.status, again.json()]).toEqual([404, expect.objectContaining({ code: 'image_not_found' })])
    })

    test('the dark logo is a separate image', async () => {
      await put('/application-images/logo?light=false', svg)
      const dark = await get('/application-images/logo?light=false')
      expect(dark.bytes.toString()).toContain('fill="red"')
      expect((await get('/application-images/logo?default=true')).bytes.toString()).not.toContain('fill="red"')
      expect((await remove('/application-images/logo?light=false')).status).toBe(204)
    })

    test('a URL with the hash is cached permanently, a cache-busting one is not', async () => {
      await put('/application-images/background', await photoWithMetadata('webp'))
      const { tag } = await get('/application-images/background')
      const version = tag?.slice(1, 17)
      expect((await get(`/application-images/background?v=${version}`)).cache).toContain('immutable')
      expect((await get('/application-images/background?v=other')).cache).not.toContain('immutable')
      expect((await get('/application-images/background?skipCache=true')).cache).toBe('no-cache')
    })

    test('the older paths serve the same images', async () => {
      for (const [older, path] of [
        ['logo', 'logo'],
        ['favicon', 'favicon'],
        ['background-image', 'background'],
      ]) {
        expect(
          await statusAndCode(await put(`/application-configuration/${older}`, await photoWithMetadata('png', 10, 10))),
        ).toEqual([204, ''])
        const shown = await get(`/application-configuration/${older}`)
        expect(shown.status).toBe(200)
        expect(shown.tag).toBe((await get(`/application-images/${path}`)).tag)
      }
    })

    test.each([
      ['/application-images/email', svg, 415],
      ['/application-images/favicon', 'jpeg', 415],
      ['/application-images/background', heic, 415],
      ['/application-images/logo', 'nothing at all', 415],
      ['/application-images/logo', '<svg xmlns="http://www.w3.org/2000/svg"><rect', 400],
    ] as const)('%s rejects file %#', async (path, input, status) => {
      const bytes = input === 'jpeg' ? await photoWithMetadata('jpeg') : input
      const answer = await statusAndCode(await put(path, bytes))
      expect(answer).toEqual([status, status === 415 ? 'file_type_not_supported' : 'invalid_image'])
    })

    test('an uploaded image is shown on the pages with a hashed URL', async () => {
      await put('/application-images/favicon', await ico())
      await put('/application-images/logo', svg)
      const page = await instance.agent().get(`${instance.url}/login`)
      const [, favicon = ''] = /rel="icon" href="([^"]+)" type="image\/x-icon"/.exec(page.text) ?? []
      const [, logo = ''] = /<img class="mark" src="([^"]+)"/.exec(page.text) ?? []
      for (const address of [favicon, logo]) {
        const shown = await fetchImage(instance.agent(), instance.url + address.replaceAll('&amp;', '&'))
        expect([address, shown.status, shown.cache]).toEqual([address, 200, expect.stringContaining('immutable')])
      }
    })

    test('changes are recorded in the audit log', async () => {
      const response = await instance.administrator.getJson(`${api}/audit-logs/all?pagination[limit]=100`)
      expect(response.text).toContain('image:logoLight')
    })
  })

  describe('request bodies', () => {
    const path = '/application-images/logo'

    test('that are not a form are rejected', async () => {
      const response = await instance.administrator.sendJson('PUT', api + path, { body: {} })
      expect([response.status, response.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'invalid_request_body' }),
      ])
    })

    test('without the field are rejected', async () => {
      expect(await statusAndCode(await put(path, svg, { field: 'other' }))).toEqual([400, 'invalid_request_body'])
    })

    test.each(['multipart/form-data', 'multipart/form-data; boundary=x'])(
      'that are malformed are rejected: %s',
      async (type) => {
        const headers = {
          cookie: cookieHeader(instance.administrator),
          'content-type': type,
          'sec-fetch-site': 'same-origin',
        }
        const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'
        const response = await instance.agent().fetch(api + path, { method: 'PUT', headers, body })
        expect(await statusAndCode(response)).toEqual([400, 'invalid_request_body'])
      },
    )

    test('with more parts than a form has are rejected', async () => {
      const multipartPart = (disposition: string, content = '') =>
        `--x\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`
      const fields = Array.from({ length: 12 }, (_, index) => multipartPart(`name="f${index}"`))
      const response = await instance.agent().fetch(api + path, {
        method: 'PUT',
        headers: {
          cookie: cookieHeader(instance.administrator),
          'content-type': 'multipart/form-data; boundary=x',
          'sec-fetch-site': 'same-origin',
        },
        body: `${multipartPart('name="file"; filename="a.svg"', svg.toString())}${fields.join('')}--x--\r\n`,
      })
      expect(await statusAndCode(response)).toEqual([400, 'invalid_request_body'])
    })

    test('that are too large are rejected, with or without a declared length', async () => {
      const large = Buffer.alloc(10 * 1024 * 1024 + 1)
      const response = await put(path, large)
      expect(response.status).toBe(413)
      expect(await response.json()).toMatchObject({ code: 'file_too_large', details: { max_size: '10 MiB' } })
      const { status, megabytes } = await sendEndlessBody(instance)
      expect(status).toBe(413)
      expect(megabytes).toBeLessThan(64)
    })
  })

  describe('pictures of users', () => {
    test('are initials by default, with a color per user', async () => {
      const { id } = await instance.person(`mia-${kind}`)
      const path = `/users/${id}/profile-picture.png`
      const shown = await get(path)
      expect([shown.status, shown.type, shown.cache]).toEqual([
        200,
        'image/png',
        'public, max-age=900, stale-while-revalidate=3600',
      ])
      expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 300, height: 300, format: 'png' })
      // Letters cover some of the picture, but not all of it.
      const letters = await sharp(shown.bytes).grayscale().threshold(200).png().toBuffer()
      const { channels } = await sharp(letters).stats()
      expect(channels[0]?.mean).toBeGreaterThan(10)
      expect(channels[0]?.mean).toBeLessThan(120)
      expect((await get(path, { 'if-none-match': shown.tag })).status).toBe(304)
    })

    test('are replaced and removed by their owner', async () => {
      const { id, agent } = await instance.person(`noa-${kind}`)
      const path = `/users/${id}/profile-picture.png`
      const initials = await get(path)
      const own = {
        method: 'PUT',
        url: `${api}/users/me/profile-picture`,
        bytes: await photoWithMetadata('jpeg', 800, 600),
      } as const
      expect(await statusAndCode(await upload(agent, own))).toEqual([204, ''])
      const shown = await get(path)
      expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 300, height: 300, format: 'png' })
      expect(shown.tag).not.toBe(initials.tag)
      for (let times = 0; times < 2; times++)
        expect((await agent.sendJson('DELETE', `${api}/users/me/profile-picture`)).status).toBe(204)
      expect((await get(path)).tag).toBe(initials.tag)
    })

    test('are replaced by administrators, and deleted with the user', async () => {
      const { id } = await instance.person(`ole-${kind}`)
      expect(await statusAndCode(await put(`/users/${id}/profile-picture`, await photoWithMetadata('webp')))).toEqual([
        204,
        '',
      ])
      expect((await remove(`/users/${id}`)).status).toBe(204)
      expect(await refusal(`/users/${id}/profile-picture.png`)).toMatchObject({ code: 'user_not_found' })
    })

    test('use the default of the instance if a user has none', async () => {
      const path = '/application-images/default-profile-picture'
      const { id } = await instance.person(`pia-${kind}`)
      expect((await instance.administrator.getJson(api + path)).status).toBe(404)
      await put(path, await photoWithMetadata('png', 50, 50))
      const shown = await get(`/users/${id}/profile-picture.png`)
      expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 300, height: 300 })
      expect((await instance.administrator.getJson(api + path)).headers.get('etag')).toBe(shown.tag)
      expect((await remove(path)).status).toBe(204)
    })

    test('of an unknown user are rejected', async () => {
      expect(await refusal(`/users/${someId}/profile-picture.png`)).toMatchObject({ code: 'user_not_found' })
      expect(await refusal('/users/nobody/profile-picture.png')).toMatchObject({ code: 'validation_failed' })
      expect(
        await statusAndCode(await put(`/users/${someId}/profile-picture`, await photoWithMetadata('png'))),
      ).toEqual([404, 'user_not_found'])
      expect((await remove(`/users/${someId}/profile-picture`)).status).toBe(404)
    })

    test.each([
      [svg, 415, 'file_type_not_supported'],
      [heic, 415, 'file_type_not_supported'],
      ['half a photo', 400, 'invalid_image'],
    ] as const)('reject file %#', async (input, status, expected) => {
      const bytes = input === 'half a photo' ? (await photoWithMetadata('png')).subarray(0, 80) : input
      const url = `${api}/users/me/profile-picture`
      const answer = await statusAndCode(await upload(instance.administrator, { method: 'PUT', url, bytes }))
      expect(answer).toEqual([status, expected])
    })
  })

  describe('logos of clients', () => {
    const create = async (id: string, extra = {}) => {
      const body = {
        name: id,
        id,
        callbackURLs: ['https://client.example/cb'],
        launchURL: 'https://client.example',
        ...extra,
      }
      return instance.administrator.sendJson('POST', `${api}/oidc/clients`, { body })
    }
    const post = (path: string, bytes: Uint8Array | string) =>
      upload(instance.administrator, { method: 'POST', url: api + path, bytes })

    test('are light and dark, and the light one is used if no dark one exists', async () => {
      await create('logos')
      const path = '/oidc/clients/logos/logo'
      expect(await refusal(path)).toMatchObject({ code: 'image_not_found' })
      expect(await get(`${path}?default=true`)).toMatchObject({ status: 200, type: 'image/png' })
      expect((await get('/oidc/clients/nobody/logo?default=true')).status).toBe(404)
      expect(await statusAndCode(await post(path, svg))).toEqual([204, ''])
      const light = await get(path)
      expect([light.type, light.cache]).toEqual(['image/svg+xml', 'public, max-age=900, stale-while-revalidate=43200'])
      expect((await get(`${path}?light=false`)).tag).toBe(light.tag)
      const responseText = async (of: string) => (await instance.administrator.getJson(api + of)).text
      for (const of of [
        '/oidc/clients/logos',
        '/oidc/clients/logos/meta',
        '/oidc/clients?search=logos',
        '/oidc/users/me/clients',
      ])
        expect(await responseText(of)).toContain('"hasLogo":true,"hasDarkLogo":false')

      expect(await statusAndCode(await post(`${path}?light=false`, await photoWithMetadata('png')))).toEqual([204, ''])
      expect((await get(`${path}?light=false`)).type).toBe('image/png')
      const input = await plainImage('webp')
      const kept = await post(`${path}?light=false`, input)
      expect([kept.status, kept.headers.get('x-image-reencoded')]).toEqual([204, null])
      expect((await get(`${path}?light=false`)).bytes).toEqual(input)
      expect(await responseText('/oidc/clients/logos')).toContain('"hasLogo":true,"hasDarkLogo":true')
      // A program that does not know logos leaves them unchanged.
      const changed = await instance.administrator.sendJson('PUT', `${api}/oidc/clients/logos`, { body: { name: 'L' } })
      expect(changed.text).toContain('"hasLogo":true,"hasDarkLogo":true')
      expect((await remove(path)).status).toBe(204)
      expect((await remove(path)).status).toBe(404)
      expect(await responseText('/oidc/clients/logos/meta')).toContain('"hasLogo":false,"hasDarkLogo":true')
    })

    test('are included in every list of clients', async () => {
      await create('listed')
      await post('/oidc/clients/listed/logo', svg)
      const body = { name: 'API', resource: 'https://api.example' }
      const created = await instance.administrator.sendJson('POST', `${api}/apis`, { body })
      const { id } = created.json() as { id: string }
      const responseText = async (path: string) => (await instance.administrator.getJson(api + path)).text
      const listed = /"id":"listed"[^}]*"hasLogo":true,"hasDarkLogo":false/
      expect(await responseText(`/apis/${id}/assignable-clients?search=listed`)).toMatch(listed)
      const access = { userDelegatedAccess: true, clientAccess: true }
      await instance.administrator.sendJson('PUT', `${api}/apis/${id}/clients/listed`, { body: access })
      expect(await responseText(`/apis/${id}/clients`)).toMatch(listed)
    })

    test('are deleted with the client', async () => {
      await create('short-lived')
      await post('/oidc/clients/short-lived/logo', svg)
      expect((await remove('/oidc/clients/short-lived')).status).toBe(204)
      expect(await refusal('/oidc/clients/short-lived/logo')).toMatchObject({
        code: 'not_found',
        details: { resource: 'OIDC client' },
      })
      expect((await create('short-lived')).text).toContain('"hasLogo":false')
    })

    test('are shown on the sign-in page', async () => {
      await create('shown', { isPublic: true })
      await post('/oidc/clients/shown/logo', svg)
      const agent = instance.agent()
      const to = authorizationUrl(instance.url, 'shown', 'https://client.example/cb', pkce)
      const page = await agent.follow(await agent.get(to))
      expect(page.text).toMatch(/<img src="\/api\/oidc\/clients\/shown\/logo\?light=true&amp;v=[\w-]{16}" alt="">/)
    })

    test('are limited to 2 MiB, and require an existing client', async () => {
      await create('large')
      const response = await post('/oidc/clients/large/logo', Buffer.alloc(2 * 1024 * 1024 + 1))
      expect(await response.json()).toMatchObject({ code: 'file_too_large', details: { max_size: '2 MiB' } })
      expect(await statusAndCode(await post('/oidc/clients/nobody/logo', svg))).toEqual([404, 'not_found'])
      expect(await statusAndCode(await post('/oidc/clients/large/logo', heic))).toEqual([
        415,
        'file_type_not_supported',
      ])
    })
  })

  test('the picture is a claim with a working URL', async () => {
    const { id, agent } = await instance.person(`kim-${kind}`)
    const redirectUri = 'https://client.example/cb'
    const client = { id: 'claims', name: 'Claims', callbackURLs: [redirectUri], isPublic: true, skipConsent: true }
    await instance.administrator.sendJson('POST', `${api}/oidc/clients`, { body: client })
    const to = authorizationUrl(instance.url, 'claims', redirectUri, { ...pkce, scope: 'openid profile' })
    const back = await agent.followTo(await agent.get(to), (url) => url.startsWith(redirectUri))
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'claims',
      redirect_uri: redirectUri,
      code: new URL(back).searchParams.get('code') ?? '',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    const tokens = await agent.fetch(`${api}/oidc/token`, { method: 'POST', body })
    const { access_token: token } = (await tokens.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${token}` }
    const { picture } = (await (await agent.fetch(`${api}/oidc/userinfo`, { headers })).json()) as { picture: string }
    expect(picture).toBe(`${api}/users/${id}/profile-picture.png`)
    expect((await fetchImage(instance.agent(), picture)).type).toBe('image/png')
  })
})

/** Streams an endless form, and returns the status of the response. */
function sendEndlessBody({
  url,
  administrator,
}: Instance): Promise<{ readonly status: number; readonly megabytes: number }> {
  return new Promise((resolve) => {
    const sent = request(`${url}/api/application-images/logo`, {
      method: 'PUT',
      headers: {
        cookie: cookieHeader(administrator),
        'content-type': 'multipart/form-data; boundary=x',
        'sec-fetch-site': 'same-origin',
      },
    })
    let status = 0
    let megabytes = 0
    let over = false
    sent.on('response', (response) => {
      status = response.statusCode ?? 0
      response.resume()
    })
    // A connection that is closed while data is still sent ends with one of several errors.
    sent.on('error', () => {
      over = true
    })
    sent.on('close', () => resolve({ status, megabytes }))
    const sendMore = () => {
      if (over) return
      megabytes += 0.25
      sent.write(Buffer.alloc(256 * 1024), () => setImmediate(sendMore))
    }
    sent.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n', sendMore)
  })
}
