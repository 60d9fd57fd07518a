import type { User } from '../entities/user.ts'
import { FieldReader, matches, maxLength, oneLine, type Rule, required, visible } from '../fields.ts'
import { idPattern } from '../id.ts'
import { uuid } from '../random.ts'

/** A validated user who is not stored yet. */
export type NewUser = Pick<User, 'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'locale'>

const maxDisplayNameLength = 100

const userName: readonly Rule[] = [
  required,
  maxLength(50),
  matches(
    /^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/,
    'may contain letters from a to z, digits and the characters _ . @ -, and must begin and end with a letter or digit',
  ),
]

const domainLabel = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?'
const emailPattern = new RegExp(`^[^\\s\\p{C}@"(),:;<>\\[\\]\\\\]{1,64}@${domainLabel}(?:\\.${domainLabel})*$`, 'u')
// The length is checked first, since it limits the work of the pattern (RFC 5321 §4.5.3.1.3).
const email: readonly Rule[] = [
  maxLength(254),
  matches(emailPattern, 'must be an e-mail address such as name@example.com'),
]

const personName: readonly Rule[] = [maxLength(50), oneLine, visible]
const displayName: readonly Rule[] = [maxLength(maxDisplayNameLength), oneLine, visible]
const locale: readonly Rule[] = [
  maxLength(35),
  matches(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'must be a language tag such as de or pt-BR'),
]
const id: readonly Rule[] = [matches(idPattern, 'must be a UUID in lower case')]

/** Whether this is an e-mail address of at most 254 characters. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && emailPattern.test(text)
}

/**
 * Validates and completes user input. The fields are those of the REST API: `username`, `email`, `firstName`, `lastName`,
 * `displayName`, `locale` and `id`. A missing `displayName` is derived from the other names, a missing `id` is generated; a
 * host with open sign-up must not pass `id`. An empty `email` means no e-mail address. A `NewUser` is valid input and is
 * returned unchanged, so that a stored one can be validated again.
 *
 * @throws InvalidInputError `validation_failed` with every invalid field: `required`, `too_long` or `invalid_format`.
 *
 * @example
 * ```ts
 * const ada = await directory.create(newUser({ username: 'ada', firstName: 'Ada', email: 'ada@example.com' }))
 * ```
 */
export function newUser(input: Readonly<Record<string, unknown>>): NewUser {
  const reader = new FieldReader(input ?? {})
  const user = {
    id: reader.text('id', id) || uuid(),
    userName: reader.text('username', userName, ['username', 'userName']),
    email: reader.text('email', email) || null,
    firstName: reader.text('firstName', personName),
    lastName: reader.text('lastName', personName),
    displayName: reader.text('displayName', displayName),
    locale: reader.text('locale', locale) || null,
  }
  reader.assertValid('The user')
  return { ...user, displayName: user.displayName || defaultDisplayName(user) }
}

function defaultDisplayName({ firstName, lastName, userName }: Omit<NewUser, 'displayName'>): string {
  const fullName = `${firstName} ${lastName}`.trim()
  return [...(fullName || userName)].slice(0, maxDisplayNameLength).join('')
}
