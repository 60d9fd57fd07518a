/** A person of an LDAP directory, as it says. Texts are in Unicode's normal form C, trimmed and never empty. */
export interface LdapPerson {
  readonly dn: string
  /**
   * The stable unique identifier, as text: the value itself; a UUID for 16 bytes that are not UTF-8; base64 for any
   * other bytes that are not UTF-8.
   */
  readonly id: string
  readonly userName?: string
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly displayName?: string
  /** The bytes of a picture, unchecked. An address of one is never followed. */
  readonly picture?: Uint8Array
}

/** A group of an LDAP directory, as it says. */
export interface LdapGroup {
  readonly dn: string
  /** As {@link LdapPerson.id}. */
  readonly id: string
  readonly name?: string
  /** The {@link LdapPerson.id}s of its members, each once, those of the groups within it among them. */
  readonly memberIds: readonly string[]
}

/** Every code of an {@link LdapProblem} that reading leaves; each has a sentence for people in the host's catalogue. */
export const ldapProblemCodes = [
  /** It has no identifier, so it was left out. */
  'id_missing',
  /** Another entry has the same identifier: `detail` is its name. Both were left out. */
  'id_duplicate',
  /** An attribute has several values; one of them was taken. */
  'several_values',
  /** A value is no text, so it was left out. */
  'value_not_text',
  /** A text is longer than anything that somebody is called; it was left out. */
  'value_too_long',
  /** Together with the rest of the entry a value is larger than what is read; it was left out. */
  'value_too_large',
  /** A group has more members than are read; see {@link LdapProblem.id}. */
  'group_too_large',
  /** Instead of a picture there is an address of one, which is not followed. */
  'picture_is_address',
  /** The pictures of others took all the room there is for pictures. */
  'picture_left_out',
  /** Members of a group are nobody who was read: `detail` says how many. */
  'members_not_found',
  /** Members of a group are named by a name that several people have: `detail` says how many. */
  'members_ambiguous',
  /** Groups within groups go deeper than is followed. */
  'nested_too_deep',
  /** More may be on another server, which is not asked: `detail` is its address. */
  'referral_not_followed',
  /** There were more problems than are kept: `detail` says how many. */
  'more_problems',
] as const

/** An entry that cannot be used as it is, or of which something was left out. */
export interface LdapProblem {
  readonly dn: string
  /** What is wrong, in a stable code: one of {@link ldapProblemCodes}. */
  readonly code: string
  /** What it is about: the name of an attribute, how many there are. Never a value of the directory that is secret. */
  readonly detail?: string
  /**
   * The identifier of a group that is there and could not be read to its end, so that it is missing from the answer: what
   * is known of it must be left as it is.
   */
  readonly id?: string
}

/** All that a directory said about its people and groups. */
export interface LdapAnswer {
  readonly people: readonly LdapPerson[]
  readonly groups: readonly LdapGroup[]
  readonly problems: readonly LdapProblem[]
}

/** Where people and groups are read from (RFC 4511 §4.5). */
export interface LdapSource {
  /**
   * Reads everything, or nothing: an answer that was cut off is an error.
   *
   * @throws LdapError with a stable code.
   * @throws the reason of `signal`, where that was aborted.
   */
  read(signal: AbortSignal): Promise<LdapAnswer>
}
