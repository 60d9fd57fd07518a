import { describe, expect, test } from '@jest/globals'
import { InvalidInputError } from '@pocket/core/errors'
import { newUser } from '../../src/index.ts'

function validationErrors(input: Readonly<Record<string, unknown>>): Record<string, string> {
  try {
    newUser(input)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    expect(error.code).toBe('validation_failed')
    return Object.fromEntries(error.fields.map(({ field, code }) => [field, code]))
  }
  return {}
}

describe('new user', () => {
  // Casts: the calls of a host without type checking.
  test.each([undefined, null])('names the required field for %p', (input) => {
    expect(validationErrors(input as never)).toEqual({ username: 'required' })
  })

  test('completes input with an ID and a display name derived from the names', () => {
    const user = newUser({ username: 'zoe', firstName: 'Zoë', lastName: 'Müller', email: 'Zoe@Example.com' })
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      userName: 'zoe',
      email: 'Zoe@Example.com',
      firstName: 'Zoë',
      lastName: 'Müller',
      displayName: 'Zoë Müller',
      locale: null,
    })
    expect(newUser({ username: 'zoe' }).id).not.toBe(user.id)
  })

  test.each([
    [{ username: 'zoe' }, 'zoe'],
    [{ username: 'zoe', lastName: 'Müller' }, 'Müller'],
    [{ username: 'zoe', firstName: 'Zoë', displayName: 'Z.' }, 'Z.'],
    [{ username: 'zoe', firstName: 'a'.repeat(50), lastName: '𝒷'.repeat(50) }, `${'a'.repeat(50)} ${'𝒷'.repeat(49)}`],
  ])('shows %j as %s', (input, displayName) => {
    expect(newUser(input).displayName).toBe(displayName)
  })

  test('returns a validated user unchanged', () => {
    const user = newUser({ username: 'zoe', email: 'zoe@example.com', locale: 'de' })
    const storedUser: unknown = JSON.parse(JSON.stringify(user))
    expect(newUser(Object(storedUser))).toEqual(user)
  })

  test('reads only its own fields and ignores rights', () => {
    const user = newUser({ username: 'zoe', isAdmin: true, administrator: true, emailVerified: true, disabled: true })
    expect(Object.keys(user).toSorted()).toEqual(
      ['displayName', 'email', 'firstName', 'id', 'lastName', 'locale', 'userName'].toSorted(),
    )
  })

  test('normalizes text to Unicode NFC', () => {
    const { firstName } = newUser({ username: 'zoe', firstName: 'Zoe\u0308' })
    expect(firstName).toBe('Zo\u00eb')
  })

  test.each([{ email: null }, { email: '' }, {}])('treats %j as no e-mail address', (input) => {
    expect(newUser({ username: 'zoe', ...input }).email).toBeNull()
  })
})

describe('user names', () => {
  test.each(['a', 'Zoe', 'zoe.m-1_2@home', '0', 'a'.repeat(50)])('accepts %s', (username) => {
    expect(newUser({ username }).userName).toBe(username)
  })

  test.each([
    [undefined, 'required'],
    [null, 'required'],
    ['', 'required'],
    ['a'.repeat(51), 'too_long'],
    ['.zoe', 'invalid_format'],
    ['zoe-', 'invalid_format'],
    ['zoe m', 'invalid_format'],
    ['zoë', 'invalid_format'],
    ['zoe\n', 'invalid_format'],
    ['zoe/../admin', 'invalid_format'],
    [5, 'invalid_format'],
    [['zoe'], 'invalid_format'],
  ])('rejects %j: %s', (username, code) => {
    expect(validationErrors({ username })).toEqual({ username: code })
  })
})

describe('e-mail addresses', () => {
  test.each(['zoe@example.com', 'zoe+tag@mail.example.co.uk', 'zoe@localhost', 'zoë@exämple.de', "o'hara@example.com"])(
    'accepts %s',
    (email) => {
      expect(newUser({ username: 'zoe', email }).email).toBe(email)
    },
  )

  test.each([
    ['zoe', 'invalid_format'],
    ['@example.com', 'invalid_format'],
    ['zoe@', 'invalid_format'],
    ['zoe@a@b', 'invalid_format'],
    ['zoe@example..com', 'invalid_format'],
    ['zoe@-example.com', 'invalid_format'],
    ['zoe m@example.com', 'invalid_format'],
    ['zoe@example.com\r\nBcc: all@example.com', 'invalid_format'],
    ['<zoe@example.com>', 'invalid_format'],
    ['zoe\0@example.com', 'invalid_format'],
    [`${'a'.repeat(65)}@example.com`, 'invalid_format'],
    [`zoe@${'a.'.repeat(150)}com`, 'too_long'],
    [{}, 'invalid_format'],
  ])('rejects %j: %s', (email, code) => {
    expect(validationErrors({ username: 'zoe', email })).toEqual({ email: code })
  })
})

describe('other fields', () => {
  test('reports every invalid field at once', () => {
    const input = {
      firstName: 'a'.repeat(51),
      lastName: 'a\nb',
      displayName: 'a'.repeat(101),
      email: 'x',
      id: 'x',
      locale: '!',
    }
    expect(validationErrors(input)).toEqual({
      id: 'invalid_format',
      username: 'required',
      email: 'invalid_format',
      firstName: 'too_long',
      lastName: 'invalid_format',
      displayName: 'too_long',
      locale: 'invalid_format',
    })
  })

  test('counts code points instead of UTF-16 code units', () => {
    expect(newUser({ username: 'zoe', firstName: '𝒷'.repeat(50) }).firstName).toBe('𝒷'.repeat(50))
    expect(validationErrors({ username: 'zoe', firstName: '𝒷'.repeat(51) })).toEqual({ firstName: 'too_long' })
  })

  test('rejects unpaired surrogates, which no database stores', () => {
    expect(validationErrors({ username: 'zoe', lastName: '\ud800' })).toEqual({ lastName: 'invalid_format' })
    expect(validationErrors({ username: 'zoe', displayName: '\0' })).toEqual({ displayName: 'invalid_format' })
  })
})
