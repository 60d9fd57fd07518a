import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createPocketClient, type PocketClient, PocketRequestError, paginate } from '@pocket/api-client'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { svg } from '../images/samples.ts'
import { startCalledInstance } from './calls.ts'

describe.each(databaseKinds)('the typed client on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let pocket: PocketClient

  beforeAll(async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const created = await instance.administrator.postJson(`${instance.url}/api/api-keys`, { name: 'client', expiresAt })
    const { token }: { token: string } = JSON.parse(created.text)
    pocket = createPocketClient({ url: `${instance.url}/`, apiKey: token })
  })

  test('reads a list page by page to its end', async () => {
    for (let index = 0; index < 101; index += 1) {
      const name = `group${String(index).padStart(3, '0')}`
      await pocket.POST('/api/user-groups', { body: { name, friendlyName: 'Many' } })
    }
    const pages: number[] = []
    const namesOf = async (search: string) => {
      const names: string[] = []
      const found = paginate((pagination) => {
        pages.push(pagination.page)
        const sort = { column: 'name', direction: 'desc' } as const
        return pocket.GET('/api/user-groups', { params: { query: { pagination, sort, search } } })
      })
      for await (const { name } of found) names.push(name)
      return names
    }
    const names = await namesOf('group')
    expect([names.length, names[0], names.at(-1), pages]).toEqual([101, 'group100', 'group000', [1, 2]])
    expect(await namesOf('nobody')).toEqual([])
  })

  test('manages clients with a secret and a logo', async () => {
    const id = 'app'
    const { data: client } = await pocket.POST('/api/oidc/clients', {
      body: { id, name: 'App', callbackURLs: ['https://app.example.com/cb'] },
    })
    expect(client.id).toBe(id)
    const path = { params: { path: { id } } }
    const { data: secret } = await pocket.POST('/api/oidc/clients/{id}/secrets', path)
    expect(secret.secret).toEqual(expect.any(String))
    await pocket.POST('/api/oidc/clients/{id}/logo', {
      ...path,
      body: { file: new File([svg], 'logo.svg', { type: 'image/svg+xml' }) },
    })
    const logo = await pocket.GET('/api/oidc/clients/{id}/logo', { ...path, parseAs: 'arrayBuffer' })
    expect(logo.data.byteLength).toBeGreaterThan(0)
    const { data: read } = await pocket.GET('/api/oidc/clients/{id}', path)
    expect([read.name, read.hasLogo]).toEqual(['App', true])
    await pocket.DELETE('/api/oidc/clients/{id}', path)
    await expect(pocket.GET('/api/oidc/clients/{id}', path)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('encodes a client ID that is a URL in a path', async () => {
    const addresses: string[] = []
    const observed = createPocketClient({
      url: instance.url,
      fetch(request) {
        addresses.push(new URL(request.url).pathname)
        return fetch(request)
      },
    })
    const path = { id: 'https://app.example.com/client' }
    const result = observed.GET('/api/oidc/clients/{id}/meta', { params: { path } })
    await expect(result).rejects.toMatchObject({ status: 404, code: 'not_found' })
    expect(addresses).toEqual(['/api/oidc/clients/~aHR0cHM6Ly9hcHAuZXhhbXBsZS5jb20vY2xpZW50/meta'])
  })

  test('sends the version that was read as a precondition', async () => {
    const body = { username: 'alan', email: 'alan@example.com' }
    const { data: user } = await pocket.POST('/api/users', { body })
    const path = { id: user.id }
    const { response } = await pocket.GET('/api/users/{id}', { params: { path } })
    const header = { 'If-Match': String(response.headers.get('etag')) }
    await pocket.PUT('/api/users/{id}', { params: { path, header }, body: { ...body, firstName: 'Alan' } })
    const late = pocket.PUT('/api/users/{id}', { params: { path, header }, body: { ...body, firstName: 'Mathison' } })
    await expect(late).rejects.toMatchObject({ status: 412, code: 'precondition_failed' })
  })

  test('throws a rejection with its fields and the request ID', async () => {
    const error: unknown = await pocket
      .POST('/api/users', { body: { username: '', email: 'nobody' } })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PocketRequestError)
    expect(error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      details: { fields: expect.arrayContaining([expect.objectContaining({ field: 'username', code: 'required' })]) },
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    })
    const { requestId } = error as PocketRequestError
    expect(instance.log.some((line) => line.includes(String(requestId)))).toBe(true)
    const params = { path: { id: randomUUID() } }
    const otherUser = createPocketClient({ url: instance.url })
    await expect(otherUser.GET('/api/users/{id}', { params })).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  test.each(['<html>Bad gateway</html>', 'null'])(
    'throws an error for the response %s of an intermediary',
    async (body) => {
      const fetch = async () => new Response(body, { status: 502 })
      const behind = createPocketClient({ url: instance.url, fetch })
      await expect(behind.GET('/api/version/latest')).rejects.toMatchObject({
        status: 502,
        code: 'unknown',
        requestId: null,
      })
    },
  )
})
