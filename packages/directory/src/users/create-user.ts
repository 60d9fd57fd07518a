import { atMost, FieldReader, matches, oneLine, type Rule, required, visible } from '../fields.ts'
import { idPattern } from '../id.ts'
import { uuid } from '../random.ts'
import type { User } from './user.ts'

/** A validated user who is not stored yet. */
export type NewUser = Pick<User, 'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'locale'>

const maxDisplayNameLength = 100

const userName: readonly Rule[] = [
  required,
  atMost(50),
  matches(
    /^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/,
    'may hold letters from a to z, digits and the signs _ . @ -, and begins and ends with a letter or digit',
  ),
]

const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?'
const address = new RegExp(`^[^\\s\\p{C}@"(),:;<>\\[\\]\\\\]{1,64}@${label}(?:\\.${label})*$`, 'u')
// The length is checked first, since it limits the work of the pattern (RFC 5321 §4.5.3.1.3).
const email: readonly Rule[] = [atMost(254), matches(address, 'has to be an e-mail address such as name@example.com')]

const personName: readonly Rule[] = [atMost(50), oneLine, visible]
const displayName: readonly Rule[] = [atMost(maxDisplayNameLength), oneLine, visible]
const locale: readonly Rule[] = [
  atMost(35),
  matches(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'has to be a language tag such as de or pt-BR'),
]
const id: readonly Rule[] = [matches(idPattern, 'has to be a UUID in lower case')]

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
  const read = new FieldReader(input)
  const user = {
    id: read.text('id', id) || uuid(),
    userName: read.text('username', userName, ['username', 'userName']),
    email: read.text('email', email) || null,
    firstName: read.text('firstName', personName),
    lastName: read.text('lastName', personName),
    displayName: read.text('displayName', displayName),
    locale: read.text('locale', locale) || null,
  }
  read.assertValid('The user')
  return { ...user, displayName: user.displayName || defaultDisplayName(user) }
}

function defaultDisplayName({ firstName, lastName, userName }: Omit<NewUser, 'displayName'>): string {
  const fullName = `${firstName} ${lastName}`.trim()
  return [...(fullName || userName)].slice(0, maxDisplayNameLength).join('')
}
