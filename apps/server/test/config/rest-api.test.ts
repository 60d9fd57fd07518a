import { describe, expect, test } from '@jest/globals'
import { InvalidConfigError, loadConfig } from '../../src/composition/config.ts'

function staticApiKey(environment: Readonly<Record<string, string>>, file = ''): string | undefined {
  return loadConfig(environment, () => Buffer.from(file)).staticApiKey
}

describe('STATIC_API_KEY', () => {
  test.each([
    ['sixteen letters!', 'sixteen letters!'],
    ['  sixteen letters!\t', 'sixteen letters!'],
    ['', undefined],
  ])('parses %j as %j', (input, expected) => {
    expect(staticApiKey({ STATIC_API_KEY: input })).toBe(expected)
  })

  test('can also be read from a file', () => {
    expect(staticApiKey({ STATIC_API_KEY_FILE: '/run/key' }, 'sixteen letters!\n')).toBe('sixteen letters!')
  })

  test.each(['fifteen letters', `   ${'x'.repeat(15)}   `, 'sixteen letters\u00fc', 'sixteen\nletters and more'])(
    'rejects %j without printing it',
    (input) => {
      const load = () => staticApiKey({ STATIC_API_KEY: input })
      expect(load).toThrow(InvalidConfigError)
      expect(load).toThrow(/STATIC_API_KEY: it (has 15 characters|contains characters that are not ASCII)/)
      expect(load).not.toThrow(input.trim())
    },
  )
})
