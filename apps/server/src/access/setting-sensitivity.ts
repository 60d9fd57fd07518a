/**
 * What a setting can grant. `sign-in`: access to accounts, so limited API keys must not change it. `critical`: new accounts
 * or clients. Both require recent re-authentication.
 */
export type SettingSensitivity = 'sign-in' | 'critical' | 'ordinary'

/** By prefixes, so that a new setting of these groups is protected; a test lists every setting. */
export function settingSensitivity(key: string): SettingSensitivity {
  if (/^(smtp|ldap|emailOneTimeAccess|recovery)/.test(key)) return 'sign-in'
  return /^(allowUserSignups|sign[uU]p|dynamicRegistration|cimd)/.test(key) ? 'critical' : 'ordinary'
}
