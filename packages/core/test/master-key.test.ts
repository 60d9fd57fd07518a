import { describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { fingerprintOf } from '@pocket/core/internal'

const key = MasterKey.from('0123456789abcdef')

describe('MasterKey', () => {
  test('decrypts what it encrypted for the same purpose', () => {
    const envelope = key.encrypt('one', 'läßt sich lesen')
    expect(key.decrypt('one', envelope)).toBe('läßt sich lesen')
    expect(fingerprintOf(envelope)).toBe(key.fingerprint)
  })

  test('creates a different envelope each time', () => {
    expect(key.encrypt('one', 'x')).not.toBe(key.encrypt('one', 'x'))
  })

  test.each([
    ['another purpose', (envelope: string) => ['two', envelope] as const],
    [
      'a changed byte',
      (envelope: string) => ['one', `${envelope.slice(0, -2)}${envelope.endsWith('AA') ? 'BB' : 'AA'}`] as const,
    ],
    ['a truncated end', (envelope: string) => ['one', envelope.slice(0, -6)] as const],
  ])('rejects %s', (_name, change) => {
    const [use, envelope] = change(key.encrypt('one', 'x'))
    expect(() => key.decrypt(use, envelope)).toThrow(expect.objectContaining({ code: 'misconfigured' }))
  })

  test('reports both fingerprints if the key does not match', () => {
    const other = MasterKey.from('fedcba9876543210')
    const envelope = other.encrypt('one', 'x')
    expect(() => key.decrypt('one', envelope)).toThrow(new RegExp(`${key.fingerprint}.*${other.fingerprint}`))
  })

  test('requires 16 bytes', () => {
    expect(() => MasterKey.from('0123456789abcde')).toThrow('at least 16')
    expect(MasterKey.from(Buffer.from('0123456789abcdef')).fingerprint).toBe(key.fingerprint)
  })

  test.each(['', 'plain', 'v1.abc', 'v2.abc.def', 'v1.a.b.c'])('rejects "%s" as an envelope', (text) => {
    expect(fingerprintOf(text)).toBeUndefined()
  })
})
