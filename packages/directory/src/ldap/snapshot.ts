import type { Group } from '../groups/group.ts'
import type { User } from '../users/user.ts'

/** What an import remembers of a person whom LDAP owns. */
export interface LdapMark {
  readonly userId: string
  /** Where the entry was when it was seen last. */
  readonly dn: string
  /** The import has disabled them, since their entry was gone. */
  readonly disabledByImport: boolean
  /** Somebody has let them in again by hand: no import disables them until their entry has been there again. */
  readonly enabledByHand: boolean
  /** The import has made them an administrator, and may take that back. */
  readonly isImportedAdministrator: boolean
  /** Somebody has decided by hand whether they are an administrator: no import does any more. */
  readonly isManualAdministrator: boolean
  /** SHA-256 of the picture that LDAP had, in base64url. */
  readonly pictureHash: string | null
  /** What the host calls the picture that was made of it; empty where none could be made of it. */
  readonly pictureImage: string | null
}

/** A person whom LDAP owns. */
export interface KnownUser {
  readonly user: User
  readonly mark: LdapMark
}

/** Somebody whom LDAP does not own, as far as an import has to know them: names are compared by their keys. */
export interface KnownName {
  readonly id: string
  readonly userName: string
  readonly userNameKey: string
  readonly emailKey: string | null
  /** An administrator who can sign in. */
  readonly governs: boolean
}

/** Who is in a group that LDAP owns, however long. */
export interface KnownMembership {
  readonly groupId: string
  readonly userId: string
}

/** What the directory holds, as far as an import has to know it. */
export interface LdapSnapshot {
  readonly people: readonly KnownUser[]
  readonly others: readonly KnownName[]
  /** All groups; those that LDAP owns have an `ldapId`. */
  readonly groups: readonly Group[]
  /** Of the groups that LDAP owns. */
  readonly memberships: readonly KnownMembership[]
}

/** The mark of somebody whom no import has touched yet. */
export function newMark(userId: string, dn: string): LdapMark {
  return {
    userId,
    dn,
    disabledByImport: false,
    enabledByHand: false,
    isImportedAdministrator: false,
    isManualAdministrator: false,
    pictureHash: null,
    pictureImage: null,
  }
}
