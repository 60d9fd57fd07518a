import { describe, expect, test } from '@jest/globals'
import { InvalidInput } from '@pocket/core/errors'
import { newUser } from '../../src/index.ts'

function refusal(input: Readonly<Record<string, unknown>>): Record<string, string> {
  try {
    newUser(input)
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    expect(error.code).toBe('validation_failed')
    return Object.fromEntries(error.fields.map(({ field, code }) => [field, code]))
  }
  return {}
}

describe('a new user', () => {
  test('is completed: an id is drawn, the display name is made of the names', () => {
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
  ])('%j is shown as %s', (input, displayName) => {
    expect(newUser(input).displayName).toBe(displayName)
  })

  test('comes back as it is when it is checked again', () => {
    const user = newUser({ username: 'zoe', email: 'zoe@example.com', locale: 'de' })
    const putAside: unknown = JSON.parse(JSON.stringify(user))
    expect(newUser(Object(putAside))).toEqual(user)
  })

  test('reads nothing but its own fields: rights are not taken from outside', () => {
    const user = newUser({ username: 'zoe', isAdmin: true, administrator: true, emailVerified: true, disabled: true })
    expect(Object.keys(user).toSorted()).toEqual(
      ['displayName', 'email', 'firstName', 'id', 'lastName', 'locale', 'userName'].toSorted(),
    )
  })

  test('has its texts in one form of Unicode', () => {
    const { firstName } = newUser({ username: 'zoe', firstName: 'Zoe\u0308' })
    expect(firstName).toBe('Zo\u00eb')
  })

  test.each([{ email: null }, { email: '' }, {}])('has no e-mail address: %j', (input) => {
    expect(newUser({ username: 'zoe', ...input }).email).toBeNull()
  })
})

describe('user names', () => {
  test.each(['a', 'Zoe', 'zoe.m-1_2@home', '0', 'a'.repeat(50)])('%s is taken', (username) => {
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
  ])('%j is refused: %s', (username, code) => {
    expect(refusal({ username })).toEqual({ username: code })
  })
})

describe('e-mail addresses', () => {
  test.each(['zoe@example.com', 'zoe+tag@mail.example.co.uk', 'zoe@localhost', 'zoë@exämple.de', "o'hara@example.com"])(
    '%s is taken',
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
  ])('%j is refused: %s', (email, code) => {
    expect(refusal({ username: 'zoe', email })).toEqual({ email: code })
  })
})

describe('other fields', () => {
  test('every wrong field is named at once', () => {
    const input = {
      firstName: 'a'.repeat(51),
      lastName: 'a\nb',
      displayName: 'a'.repeat(101),
      email: 'x',
      id: 'x',
      locale: '!',
    }
    expect(refusal(input)).toEqual({
      id: 'invalid_format',
      username: 'required',
      email: 'invalid_format',
      firstName: 'too_long',
      lastName: 'invalid_format',
      displayName: 'too_long',
      locale: 'invalid_format',
    })
  })

  test('lengths count characters, not their halves', () => {
    expect(newUser({ username: 'zoe', firstName: '𝒷'.repeat(50) }).firstName).toBe('𝒷'.repeat(50))
    expect(refusal({ username: 'zoe', firstName: '𝒷'.repeat(51) })).toEqual({ firstName: 'too_long' })
  })

  test('half a character is refused, since no database keeps it', () => {
    expect(refusal({ username: 'zoe', lastName: '\ud800' })).toEqual({ lastName: 'invalid_format' })
    expect(refusal({ username: 'zoe', displayName: '\0' })).toEqual({ displayName: 'invalid_format' })
  })
})
