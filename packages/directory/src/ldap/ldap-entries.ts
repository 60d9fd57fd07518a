/** A user entry of an LDAP directory. Strings are in Unicode NFC, trimmed and never empty. */
export interface LdapPerson {
  readonly dn: string
  /**
   * The stable unique identifier as text: UTF-8 as is, 16 bytes of other data as a UUID, any other bytes as base64.
   */
  readonly id: string
  readonly userName?: string
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly displayName?: string
  /** The bytes of a picture, not validated. Picture URLs are never fetched. */
  readonly picture?: Uint8Array
}

/** A group entry of an LDAP directory. */
export interface LdapGroup {
  readonly dn: string
  /** Same format as {@link LdapPerson.id}. */
  readonly id: string
  readonly name?: string
  /** The {@link LdapPerson.id}s of its members without duplicates, including members of nested groups. */
  readonly memberIds: readonly string[]
}

/** An entry that was skipped entirely or in part. */
export interface LdapProblem {
  readonly dn: string
  /**
   * A stable error code. Reading reports:
   *
   * - `id_missing`: the entry has no identifier and was skipped
   * - `id_duplicate`: another entry has the same identifier: `detail` is its name. Both were skipped
   * - `several_values`: an attribute has several values; one of them was used
   * - `value_not_text`: a value is not text and was skipped
   * - `value_too_long`: a string exceeds the maximum length of names and was skipped
   * - `value_too_large`: a value exceeds the maximum entry size and was skipped
   * - `group_too_large`: a group exceeds the maximum number of members; see {@link LdapProblem.id}
   * - `picture_is_address`: the picture attribute contains a URL, which is not fetched
   * - `picture_left_out`: the picture was skipped because the limit for all pictures was reached
   * - `members_not_found`: members of a group match no imported user: `detail` is the count
   * - `members_ambiguous`: members of a group have a name that several users share: `detail` is the count
   * - `nested_too_deep`: groups are nested beyond the maximum depth
   * - `referral_not_followed`: more entries may be on another server, which is not queried: `detail` is its URL
   * - `more_problems`: more problems occurred than are kept: `detail` is the count
   */
  readonly code: string
  /** The affected attribute or a count. Never a secret value of the directory. */
  readonly detail?: string
  /**
   * The identifier of an existing group that was read only partially and is therefore missing from the result: the stored
   * group must stay unchanged.
   */
  readonly id?: string
}

/** All users and groups read from a directory. */
export interface LdapEntries {
  readonly people: readonly LdapPerson[]
  readonly groups: readonly LdapGroup[]
  readonly problems: readonly LdapProblem[]
}

/** A source of users and groups (RFC 4511 §4.5). */
export interface LdapSource {
  /**
   * Reads everything or fails: a truncated result is an error.
   *
   * @throws LdapError with a stable code.
   * @throws the reason of `signal`, if it is aborted.
   */
  read(signal: AbortSignal): Promise<LdapEntries>
}
