/** The reason why a directory could not be read. The host's catalog has a sentence for each code. */
export type LdapErrorCode = (typeof ldapErrorCodes)[number]

const ldapErrorCodes = [
  // Invalid configuration; `details.setting` names the option.
  'ldap_setting_missing',
  'ldap_address_invalid',
  'ldap_ca_invalid',
  'ldap_filter_invalid',
  'ldap_base_invalid',
  'ldap_bind_password_missing',
  // Connection errors.
  'ldap_host_not_found',
  'ldap_unreachable',
  'ldap_timed_out',
  'ldap_certificate_expired',
  'ldap_certificate_untrusted',
  'ldap_certificate_wrong_host',
  'ldap_tls_failed',
  'ldap_starttls_refused',
  // Errors returned by the server.
  'ldap_bind_refused',
  'ldap_encryption_required',
  'ldap_access_denied',
  'ldap_base_not_found',
  'ldap_size_limit_exceeded',
  'ldap_time_limit_exceeded',
  'ldap_referral',
  'ldap_unavailable',
  'ldap_refused',
  // Invalid or unusable responses.
  'ldap_not_ldap',
  'ldap_connection_lost',
  'ldap_answer_endless',
  'ldap_too_many_entries',
  'ldap_answer_too_large',
] as const

/**
 * The directory as a whole could not be read. `message` is for developers.
 *
 * `details` contain, if applicable: `setting` (an option), `step` (`connect`, `tls`, `bind`, `search`, `whole`), `system` (a
 * code of the operating system or of TLS), `resultCode` and `diagnosticMessage` (RFC 4511 §4.1.9), `referral` (a URL), `limit`.
 *
 * @example
 * ```ts
 * if (error instanceof LdapError && error.code === 'ldap_setting_missing') console.log(error.details.setting)
 * ```
 */
export class LdapError extends Error {
  readonly code: LdapErrorCode
  readonly details: Readonly<Record<string, string>>

  constructor(code: LdapErrorCode, details: Readonly<Record<string, string>> = {}, cause?: unknown) {
    const parts = Object.entries(details ?? {}).map(([name, value]) => `${name} ${value}`)
    super([code, ...parts].join(', '), cause === undefined ? undefined : { cause })
    this.name = 'LdapError'
    this.code = code
    this.details = details ?? {}
  }
}
