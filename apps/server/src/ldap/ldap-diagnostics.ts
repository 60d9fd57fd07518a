import { type LdapConnectionTest, type LdapSample, searchLdapSample, testLdapConnection } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import { ldapOptionsOf } from './ldap-settings.ts'

/** Tests before the first import; LDAP need not be enabled. */
export interface LdapDiagnostics {
  testConnection(): Promise<LdapConnectionTest>
  /** The first users and groups. @throws LdapError */
  searchSample(): Promise<LdapSample>
}

/** Milliseconds: an administrator is waiting for the result. */
const timeout = 20_000
const sampleSize = 10

/** @param stop - aborts active requests when this server stops */
export function createLdapDiagnostics(settings: () => Promise<SettingValues>, stop: AbortSignal): LdapDiagnostics {
  const options = async () => ({ ...ldapOptionsOf(await settings()), overallTimeout: timeout })
  return {
    testConnection: async () => testLdapConnection(await options(), stop),
    searchSample: async () => searchLdapSample(await options(), sampleSize, stop),
  }
}
