import { NotFoundError } from '@pocket/core/errors'
import { FieldReader, maxLength, minLength, oneLine, required, visible } from '../fields.ts'
import type { CustomClaim } from './claim.ts'

/** A set of users that clients use for authorization. */
export interface Group {
  /** A UUID. */
  readonly id: string
  /** The value of the groups claim. Unique, ignoring case. */
  readonly name: string
  /** The display name. */
  readonly friendlyName: string
  /** The identifier of the LDAP entry that controls the name and the members, if any. */
  readonly ldapId: string | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Whether members need two passkeys before the group gives them access to clients. */
  readonly requiresTwoPasskeys: boolean
}

/** A group with its custom claims. */
export interface GroupWithClaims extends Group {
  readonly claims: readonly CustomClaim[]
}

/** A group in a list. */
export interface GroupItem extends GroupWithClaims {
  readonly userCount: number
}

/**
 * Validates user input: `name` (2 to 255 characters) and `friendlyName` (2 to 50), Unicode in NFC.
 *
 * @throws InvalidInputError `validation_failed` with every invalid field.
 */
export function groupNames(input: Readonly<Record<string, unknown>>): Pick<Group, 'name' | 'friendlyName'> {
  const reader = new FieldReader(input)
  const names = {
    friendlyName: reader.text('friendlyName', [required, minLength(2), maxLength(50), oneLine, visible]),
    name: reader.text('name', [required, minLength(2), maxLength(255), oneLine, visible]),
  }
  reader.assertValid('The group')
  return names
}

/** The error for a missing group. */
export function groupNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such group', { details: { resource: 'User group' } })
}
