import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { restReference } from '../../scripts/rest-reference.ts'
import { row } from '../../src/access/access-row.ts'
import { operationsIn } from '../../src/http/api/operation.ts'
import { named, pageOf } from '../../src/http/api/schema.ts'
import { openApiDocument } from '../../src/openapi/document.ts'
import { startInstance } from './instance.ts'
import {
  cachedDifferences,
  type Document,
  type DocumentedOperation,
  type FindDifferences,
} from './response-differences.ts'
import { restRoutes } from './rest-routes.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'
/** Every route as the document names it. */
const routes = restRoutes.map(({ method, path, row }) => ({
  call: `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  row,
}))

const instance = shareBetweenTests(() => startInstance())
let text: string
let document: Document
let differences: FindDifferences
let operations: readonly (readonly [call: string, operation: DocumentedOperation])[]

beforeAll(async () => {
  const response = await instance.agent().getJson(`${instance.url}/api/openapi.json`)
  document = response.json() as Document
  text = response.text
  differences = cachedDifferences(document)
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, each]) => [`${method.toUpperCase()} ${path}`, each] as const),
  )
})

test('documents exactly the served routes', () => {
  expect(operations.map(([call]) => call).sort()).toEqual(routes.map(({ call }) => call).sort())
})

test('the reference of the REST API is up to date', async () => {
  const page = await readFile(new URL('../../../../docs/reference/rest.md', import.meta.url), 'utf8')
  expect(page).toBe(restReference(JSON.parse(text)))
})

test('states the required access of every operation', () => {
  const access = new Map(operations.map(([call, { security }]) => [call, security]))
  expect(access.get('GET /api/api-keys')).toEqual([{ session: [] }, { apiKey: ['read:account'] }])
  expect(access.get('DELETE /api/api-keys/{id}')).toEqual([{ session: [] }, { apiKey: ['write:account'] }])
  expect(access.get('POST /api/api-keys')).toEqual([{ session: [] }])
  expect(access.get('GET /api/version/latest')).toEqual([])
  for (const { call, row } of routes) {
    const ways = row.caller === 'anyone' ? 0 : row.scopes === null ? 1 : 2
    expect([call, access.get(call)?.length]).toEqual([call, ways])
  }
})

test('every operation that reads succeeds with 200', () => {
  const succeedsWith = ({ responses }: DocumentedOperation) => Object.keys(responses).filter((status) => status < '300')
  const other = operations.filter(([call, each]) => call.startsWith('GET ') && succeedsWith(each).join() !== '200')
  // The status says whether the set-up is open; there is no body.
  expect(other.map(([call]) => call)).toEqual(['GET /api/signup/setup'])
})

test('describes the query of a list', () => {
  const list = document.paths['/api/api-keys']?.get
  expect(list?.parameters).toEqual([
    expect.objectContaining({ name: 'pagination', in: 'query', style: 'deepObject' }),
    expect.objectContaining({
      name: 'sort',
      schema: expect.objectContaining({
        properties: expect.objectContaining({
          column: { type: 'string', enum: ['createdAt', 'name', 'expiresAt', 'lastUsedAt'] },
        }),
      }),
    }),
  ])
})

test('defines named schemas once, and has no unresolved reference', () => {
  const text = JSON.stringify(document)
  const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
  expect(referred).toContain('ApiKeyDto')
  expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort())
})

test('has no pattern that only JavaScript supports', () => {
  expect(JSON.stringify(document)).not.toMatch(/\\[pP]\{/)
})

test('every operation responds as documented to an anonymous caller and to an administrator', async () => {
  // Reads run first, because a write can end the session.
  const inOrder = operations.toSorted(([a], [b]) => Number(b.startsWith('GET')) - Number(a.startsWith('GET')))
  for (const agent of [instance.agent(), instance.administrator])
    for (const [call, { requestBody }] of inOrder) {
      const [method = '', path = ''] = call.split(' ')
      const body = requestBody === undefined ? {} : { body: {} }
      const response = await agent.sendJson(method, instance.url + path.replaceAll(/\{\w+\}/g, someId), body)
      expect([call, differences(call, response)]).toEqual([call, []])
    }
})

test('the page loads the viewer from this server only', async () => {
  const page = await instance.agent().get(`${instance.url}/api/docs`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'(;|$)/)
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path = '']) => path)
  expect(files).toEqual([
    expect.stringMatching(/^\/assets\/api-docs\./),
    expect.stringMatching(/^\/assets\/api-docs\./),
  ])
  for (const file of files) expect((await instance.agent().get(instance.url + file)).status).toBe(200)
})

describe('a document', () => {
  const access = () => row('administrator')
  const about = { url: 'https://id.example.com', version: '1.2.3' }
  const read = operationsIn('users').get('/api/things/:id', {
    id: 'readThings',
    summary: 'Things',
    list: { sort: ['name'], filter: ['disabled'], search: true },
    query: { light: { type: 'boolean' } },
    response: {
      status: 200,
      schema: pageOf(named('Thing', { type: 'object', properties: { title: { type: 'string' } } })),
    },
    handle: async () => ({}),
  })

  test('has the parameters of the path and the query', () => {
    expect(openApiDocument([read], about, access)).toMatchObject({
      paths: {
        '/api/things/{id}': {
          get: {
            parameters: [
              { name: 'id', in: 'path', required: true },
              { name: 'light', in: 'query' },
              { name: 'pagination' },
              { name: 'sort' },
              { name: 'filters', schema: { properties: { disabled: {} } } },
              { name: 'search' },
            ],
          },
        },
      },
      components: {
        schemas: { Thing: { properties: { title: { type: 'string' } } } },
        securitySchemes: { session: { name: '__Host-access_token' } },
      },
    })
  })

  test('is rejected if two operations share an ID or a path', () => {
    expect(() => openApiDocument([read, { ...read, path: '/api/others' }], about, access)).toThrow('is duplicated')
    expect(() => openApiDocument([read, { ...read, id: 'other' }], about, access)).toThrow('is duplicated')
  })

  test('is rejected if two schemas share a name', () => {
    const schema = named('Thing', { type: 'string' })
    const other = { ...read, id: 'other', path: '/api/others', response: { status: 200, schema } } as const
    expect(() => openApiDocument([read, other], about, access)).toThrow('Two schemas of the API are named Thing.')
  })
})
