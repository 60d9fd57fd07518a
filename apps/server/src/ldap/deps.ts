import type { SettingValues } from '../settings/definitions.ts'
import type { LdapDiagnostics } from './ldap-diagnostics.ts'
import type { LdapLinks } from './ldap-links.ts'
import type { LdapRunStore } from './ldap-run-store.ts'
import type { LdapSync } from './ldap-sync.ts'

export interface LdapServices {
  readonly sync: LdapSync
  readonly links: LdapLinks
  readonly diagnostics: LdapDiagnostics
  readonly runs: LdapRunStore
  readonly settings: () => Promise<SettingValues>
}
