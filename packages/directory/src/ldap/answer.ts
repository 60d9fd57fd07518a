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

/** An entry that cannot be used as it is, or of which something was left out. */
export interface LdapProblem {
  readonly dn: string
  /** What is wrong, in a stable code. */
  readonly code: string
  /** What it is about: the name of an attribute, how many there are. Never a value of the directory that is secret. */
  readonly detail?: string
}

/** All that a directory said about its people and groups. */
export interface LdapAnswer {
  readonly people: readonly LdapPerson[]
  readonly groups: readonly LdapGroup[]
  readonly problems: readonly LdapProblem[]
}

/** Where people and groups are read from. */
export interface LdapSource {
  /**
   * Reads everything, or nothing: an answer that was cut off is an error.
   *
   * @throws LdapError with a stable code.
   * @throws the reason of `signal`, where that was aborted.
   */
  read(signal: AbortSignal): Promise<LdapAnswer>
}
