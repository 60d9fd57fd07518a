import { type LdapConnectionTest, type LdapSample, searchLdapSample, testLdapConnection } from '@pocket/directory'
import { type LdapSettings, ldapOptionsOf } from './ldap-settings.ts'

/** What can be tried before anything is imported; the settings need not be enabled. */
export interface LdapTrials {
  connection(): Promise<LdapConnectionTest>
  /** The first people and groups. @throws LdapError */
  search(): Promise<LdapSample>
}

/** Milliseconds: a person waits for it. */
const maxWait = 20_000
const shown = 10

/** @param stop - Ends what is under way, as this server stops. */
export function createLdapTrials(settings: () => Promise<LdapSettings>, stop: AbortSignal): LdapTrials {
  const options = async () => ({ ...ldapOptionsOf(await settings()), overallTimeout: maxWait })
  return {
    connection: async () => testLdapConnection(await options(), stop),
    search: async () => searchLdapSample(await options(), shown, stop),
  }
}
