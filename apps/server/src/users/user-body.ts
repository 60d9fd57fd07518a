import { InvalidInputError } from '@pocket/core/errors'
import type { User, UserRights } from '@pocket/directory'
import { maxKeyLength } from '@pocket/directory/internal'
import type { FromSchema } from 'json-schema-to-ts'
import { fieldCode, namedObjectWith, objectOf, sentence } from '../http/api/schema.ts'

/** The user fields that the REST API accepts. The directory validates them again; this schema is for the document. */
export const userBody = namedObjectWith('UserCreateDto', ['username'], {
  id: {
    type: 'string',
    pattern: '^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$',
    [sentence]: 'must be a UUID',
    [fieldCode]: 'uuid',
    description: 'A UUID, only for a new user; generated if empty.',
  },
  username: {
    type: 'string',
    minLength: 1,
    maxLength: 50,
    pattern: '^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$',
    [sentence]:
      "must only contain letters, numbers, underscores, dots, hyphens, and '@' symbols and not start or end with a special character",
  },
  email: {
    type: ['string', 'null'],
    maxLength: 254,
    pattern: '^[^@]+@[^@]+$',
    [sentence]: 'must be a valid email address',
  },
  emailVerified: { type: 'boolean', description: 'Only administrators can change this.' },
  firstName: { type: 'string', maxLength: 50 },
  lastName: { type: 'string', maxLength: 50 },
  displayName: { type: 'string', maxLength: 100, description: 'Derived from the other names if missing.' },
  isAdmin: { type: 'boolean', description: 'Only administrators can change this.' },
  locale: { type: ['string', 'null'], maxLength: 35, description: 'A language tag such as de or pt-BR.' },
  disabled: { type: 'boolean', description: 'Only administrators can change this.' },
  userGroupIds: { type: 'array', items: { type: 'string' }, description: 'Only for a new user.' },
})

export type UserBody = FromSchema<typeof userBody>

export const groupIdsBody = objectOf({
  userGroupIds: { type: 'array', items: { type: 'string' }, description: 'Unknown IDs are ignored.' },
})

export const claimsBody = {
  type: 'array',
  maxItems: 500,
  items: objectOf({
    key: { type: 'string', minLength: 1, maxLength: maxKeyLength },
    value: { type: 'string', minLength: 1 },
  }),
} as const

/** The body that changes nothing. Forms start from it and override the fields that they show. */
export function toUserBody(user: User): Required<Omit<UserBody, 'id' | 'userGroupIds'>> {
  const { userName: username, email, emailVerified, firstName, lastName, displayName, locale, disabled } = user
  const names = { username, email, firstName, lastName, displayName }
  return { ...names, emailVerified, isAdmin: user.administrator, locale, disabled }
}

/** The body replaces all fields, so missing ones become empty. */
export function fieldsOf(body: UserBody): Readonly<Record<string, unknown>> {
  const { username, email = null, firstName = '', lastName = '', displayName = '', locale = null } = body
  return { username, email, firstName, lastName, displayName, locale }
}

/** @throws {InvalidInputError} `validation_failed` if an e-mail address is required and missing */
export function assertEmail({ email = null }: Pick<UserBody, 'email'>, required: boolean): void {
  if ((email !== null && email !== '') || !required) return
  throw new InvalidInputError('validation_failed', 'Email is required', {
    fields: [{ field: 'email', code: 'required', message: 'is required' }],
  })
}

/** Fields that only administrators may set; missing permissions are not granted. */
export function rightsOf({ isAdmin = false, disabled = false, emailVerified = false }: UserBody): Required<UserRights> {
  return { administrator: isAdmin, disabled, emailVerified }
}
