import { expect, test } from '@jest/globals'
import { type NewUser, newUser, type User } from '@pocket/directory'
import { profileBody, storedProfile } from '../../src/account/profile-form.ts'
import { storedValues, userFormBody } from '../../src/user-pages/user-form.ts'
import { fieldsOf, rightsOf } from '../../src/users/user-body.ts'

/** A value for every field, so that a new one must be added here. */
const fields: Readonly<Record<keyof NewUser, string>> = {
  id: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
  userName: 'ada',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  displayName: 'The Countess',
  locale: 'de',
}
const rights = { administrator: true, disabled: true, emailVerified: true }
const user: User = { ...fields, ...rights, ldapId: null, createdAt: 1, updatedAt: 1 }

test.each([
  ['user', userFormBody(storedValues(user), user)],
  ['profile', profileBody(storedProfile(user), user)],
])('the %s form keeps all fields that it does not show', (_form, body) => {
  expect(newUser({ ...fieldsOf(body), id: user.id })).toEqual(fields)
  expect(rightsOf(body)).toEqual(rights)
})
