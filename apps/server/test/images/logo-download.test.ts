import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startHttpServer } from '@pocket/test-support'
import { type Instance, startInstance } from '../api/instance.ts'
import { photoWithMetadata, plainImage, svg } from './samples.ts'
import { fetchImage } from './uploads.ts'

const stack = new AsyncDisposableStack()
let instance: Instance
let web: string
const requests: string[] = []

beforeAll(async () => {
  const png = await photoWithMetadata('png')
  const plainPng = await plainImage('png')
  const server = await startHttpServer((req, res) => {
    const { pathname } = new URL(req.url ?? '', 'http://localhost')
    requests.push(pathname)
    if (pathname === '/light.svg') res.end(svg)
    else if (pathname === '/dark') res.end(png)
    else if (pathname === '/plain') res.end(plainPng)
    else if (pathname === '/moved') res.writeHead(302, { location: '/light.svg' }).end()
    else if (pathname === '/inside') res.writeHead(302, { location: 'http://127.0.0.2:9/' }).end()
    else if (pathname === '/page') res.writeHead(200, { 'content-type': 'image/png' }).end('<!doctype html>')
    else if (pathname === '/large') res.end(Buffer.alloc(2 * 1024 * 1024 + 1))
    else res.writeHead(404).end()
  })
  stack.use(server)
  web = server.url
  instance = stack.use(await startInstance({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
})

afterAll(async () => stack.disposeAsync())

const create = (id: string, logos: object) =>
  instance.administrator.sendJson('POST', `${instance.url}/api/oidc/clients`, { body: { id, name: id, ...logos } })
const logoOf = (id: string, light = true) =>
  fetchImage(instance.agent(), `${instance.url}/api/oidc/clients/${id}/logo?light=${light}`)

test('logos are downloaded once from their URLs and stored', async () => {
  const created = await create('fetched', { logoUrl: `${web}/light.svg`, darkLogoUrl: `${web}/dark` })
  expect([created.status, created.json()]).toEqual([201, expect.objectContaining({ hasLogo: true, hasDarkLogo: true })])
  expect(requests).toEqual(['/light.svg', '/dark'])
  expect((await logoOf('fetched')).type).toBe('image/svg+xml')
  expect((await logoOf('fetched', false)).type).toBe('image/png')
  expect(requests).toHaveLength(2)
})

test('a change can set a logo, even through a redirect, and a change without one keeps it', async () => {
  await create('changed', {})
  const url = `${instance.url}/api/oidc/clients/changed`
  const updateClient = async (body: object) =>
    (await instance.administrator.sendJson('PUT', url, { body: { name: 'changed', ...body } })).json()
  expect(await updateClient({ logoUrl: `${web}/moved` })).toMatchObject({ hasLogo: true, hasDarkLogo: false })
  expect(await updateClient({ logoUrl: '' })).toMatchObject({ hasLogo: true })
  expect(await updateClient({})).toMatchObject({ hasLogo: true })
})

test('sets `X-Image-Reencoded` if a downloaded logo was re-encoded', async () => {
  const createAndReadHeader = async (id: string, logos: object) =>
    (await create(id, logos)).headers.get('x-image-reencoded')
  expect(await createAndReadHeader('kept', { logoUrl: `${web}/plain` })).toBeNull()
  expect(await createAndReadHeader('marked', { logoUrl: `${web}/plain`, darkLogoUrl: `${web}/dark` })).toBe('1')
  const url = `${instance.url}/api/oidc/clients/kept`
  const body = { name: 'kept', logoUrl: `${web}/dark` }
  const changed = await instance.administrator.sendJson('PUT', url, { body })
  expect([changed.status, changed.headers.get('x-image-reencoded')]).toEqual([200, '1'])
})

test.each([
  ['/page', 422, 'logo_type_not_supported'],
  ['/large', 422, 'logo_too_large'],
  ['/nowhere', 422, 'logo_download_failed'],
  ['/inside', 400, 'validation_failed'],
  ['http://127.0.0.2:9/', 400, 'validation_failed'],
  ['http://[::1]:9/', 400, 'validation_failed'],
  ['http://169.254.169.254/latest/meta-data', 400, 'validation_failed'],
  ['file:///etc/passwd', 400, 'validation_failed'],
  ['not an address', 400, 'validation_failed'],
])('%s is rejected, and no client is created', async (address, status, code) => {
  const id = `refused-${code}`
  const response = await create(id, { logoUrl: address.startsWith('/') ? web + address : address })
  expect([response.status, response.json()]).toEqual([status, expect.objectContaining({ code })])
  const client = await instance.administrator.getJson(`${instance.url}/api/oidc/clients/${id}`)
  expect(client.status).toBe(404)
})
