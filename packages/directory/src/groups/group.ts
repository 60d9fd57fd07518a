import type { CustomClaim } from '../claims/claim.ts'
import { atLeast, atMost, FieldReader, oneLine, required, visible } from '../fields.ts'

/** Some users, by whom clients decide what somebody may do. */
export interface Group {
  /** A UUID. */
  readonly id: string
  /** What clients are told. Unique, whatever the case of its letters. */
  readonly name: string
  /** What people read. */
  readonly friendlyName: string
  /** The identifier of the LDAP entry that decides the name and the members, if any does. */
  readonly ldapId: string | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** A group and what is said of its members. */
export interface GroupWithClaims extends Group {
  readonly claims: readonly CustomClaim[]
}

/** A group in a list. */
export interface GroupItem extends GroupWithClaims {
  readonly userCount: number
}

/**
 * Checks what somebody has entered: `name` (2 to 255 characters) and `friendlyName` (2 to 50), Unicode in NFC.
 *
 * @throws InvalidInput `validation_failed` with every field that is wrong.
 */
export function groupNames(input: Readonly<Record<string, unknown>>): Pick<Group, 'name' | 'friendlyName'> {
  const read = new FieldReader(input)
  const names = {
    friendlyName: read.text('friendlyName', [required, atLeast(2), atMost(50), oneLine, visible]),
    name: read.text('name', [required, atLeast(2), atMost(255), oneLine, visible]),
  }
  read.assertValid('The group')
  return names
}
