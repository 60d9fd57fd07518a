import { type LdapConnectionTest, type LdapSample, searchLdapSample, testLdapConnection } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import { ldapOptionsOf } from './ldap-settings.ts'

/** Milliseconds: an administrator is waiting for the result. */
const timeout = 20_000
const sampleSize = 10

/** @param stop - aborts active requests when this server stops */
export function createLdapDiagnostics(settings: () => Promise<SettingValues>, stop: AbortSignal) {
  const options = async () => ({ ...ldapOptionsOf(await settings()), overallTimeout: timeout })
  return {
    testConnection: async (): Promise<LdapConnectionTest> => testLdapConnection(await options(), stop),
    /** The first users and groups. @throws LdapError */
    searchSample: async (): Promise<LdapSample> => searchLdapSample(await options(), sampleSize, stop),
  }
}

/** Tests before the first import; LDAP need not be enabled. */
export type LdapDiagnostics = ReturnType<typeof createLdapDiagnostics>
