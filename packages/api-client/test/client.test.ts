import { expect, test } from '@jest/globals'
import { createPocketClient, type PocketClient, PocketRequestError, paginate } from '@pocket/api-client'

test.each(['https://id.example.com', 'http://localhost:1411/'])('accepts the URL %s', (url) => {
  expect(Object.keys(createPocketClient({ url }))).toContain('GET')
})

test.each(['id.example.com', '', 'https://id.example.com/api', 'ftp://id.example.com', 'https://id.example.com?a=b'])(
  'rejects the URL "%s" immediately',
  (url) => {
    expect(() => createPocketClient({ url })).toThrow('The url must be the origin of the instance')
  },
)

test('names the missing URL if it is called without options', () => {
  // A cast: the call of a program without type checking.
  expect(() => createPocketClient(undefined as never)).toThrow('The url must be the origin of the instance')
})

test.each(['', 'two words', 'key\n'])('rejects the key %j immediately', (apiKey) => {
  expect(() => createPocketClient({ url: 'https://id.example.com', apiKey })).toThrow('The apiKey must be a key')
})

const client = createPocketClient({ url: 'https://id.example.com', fetch: async () => Response.json({}) })

// Casts: the calls of a program without type checking.
test.each<[string, (pocket: PocketClient) => Promise<unknown>, string]>([
  [
    'a call without a path',
    ({ GET }) => GET(undefined as never),
    'The path must be one of the API, such as /api/users',
  ],
  ['a path without its parameter', ({ GET }) => GET('/api/users/{id}', {} as never), 'needs params.path.id.'],
  [
    'an empty parameter of the path',
    ({ DELETE }) => DELETE('/api/users/{id}', { params: { path: { id: '' } } }),
    'needs params.path.id.',
  ],
  [
    '`null` in place of the parameters',
    ({ GET }) => GET('/api/users', null as never),
    'The second argument must be an',
  ],
  [
    'a function in place of an instance',
    async () => createPocketClient((() => {}) as never),
    'The url must be the origin',
  ],
  [
    'a fetch that is not a function',
    async () => createPocketClient({ url: 'https://id.example.com', fetch: {} as never }),
    'The fetch must be a function.',
  ],
  [
    'an unknown option',
    async () => createPocketClient({ url: 'https://id.example.com', apikey: 'key' } as never),
    'apikey is not an option of createPocketClient; it has url, apiKey and fetch.',
  ],
  [
    'an error without a response',
    async () => new PocketRequestError(null as never, null as never),
    'The response must be a Response',
  ],
  ['no list to iterate over', async () => paginate(null as never).next(), 'The argument must be a function'],
  ['the data of a list', async () => paginate(async () => [] as never).next(), 'must return the response of a list'],
])('names the argument of %s', async (_name, call, message) => {
  await expect(call(client)).rejects.toThrow(message)
})
