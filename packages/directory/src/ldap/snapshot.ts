import type { Group } from '../entities/group.ts'
import type { User } from '../entities/user.ts'

/** The import state of a user whom LDAP owns. */
export interface LdapImportState {
  readonly userId: string
  /** The entry name at the last import. */
  readonly dn: string
  /** The import disabled the user because the entry was missing. */
  readonly disabledByImport: boolean
  /** An administrator enabled the user again: imports do not disable the user until the entry has reappeared. */
  readonly enabledManually: boolean
  /** An import made the user an administrator, and may revoke it. */
  readonly isImportedAdministrator: boolean
  /** An administrator set this right manually: imports no longer change it. */
  readonly isManualAdministrator: boolean
  /** SHA-256 of the LDAP picture, in base64url. */
  readonly pictureHash: string | null
  /** The host's name of the converted image; empty if the picture could not be converted. */
  readonly pictureImage: string | null
}

/** A user whom LDAP owns. */
export interface KnownUser {
  readonly user: User
  readonly importState: LdapImportState
}

/** A user whom LDAP does not own, reduced to the fields of an import: names are compared by key. */
export interface LocalUser {
  readonly id: string
  readonly userName: string
  readonly userNameKey: string
  readonly emailKey: string | null
  /** An administrator who can sign in. */
  readonly isEnabledAdministrator: boolean
}

/** A membership in a group that LDAP owns, regardless of its expiry. */
export interface KnownMembership {
  readonly groupId: string
  readonly userId: string
}

/** The state of the directory that an import needs. */
export interface LdapSnapshot {
  readonly people: readonly KnownUser[]
  readonly localUsers: readonly LocalUser[]
  /** All groups; those that LDAP owns have an `ldapId`. */
  readonly groups: readonly Group[]
  /** Only of groups that LDAP owns. */
  readonly memberships: readonly KnownMembership[]
}

/** The initial state of a user whom no import has processed yet. */
export function newImportState(userId: string, dn: string): LdapImportState {
  return {
    userId,
    dn,
    disabledByImport: false,
    enabledManually: false,
    isImportedAdministrator: false,
    isManualAdministrator: false,
    pictureHash: null,
    pictureImage: null,
  }
}
