import { expect, test } from '@jest/globals'
import { createPocketClient } from '@pocket/api-client'

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
