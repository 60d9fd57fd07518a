import { type LdapConnectionTest, type LdapSample, searchLdapSample, testLdapConnection } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import { ldapOptionsOf } from './ldap-settings.ts'

/** Tests before the first import; LDAP need not be enabled. */
export interface LdapTrials {
  connection(): Promise<LdapConnectionTest>
  /** The first users and groups. @throws LdapError */
  search(): Promise<LdapSample>
}

/** Milliseconds: an administrator is waiting for the result. */
const maxWait = 20_000
const shown = 10

/** @param stop - aborts active requests when this server stops */
export function createLdapTrials(settings: () => Promise<SettingValues>, stop: AbortSignal): LdapTrials {
  const options = async () => ({ ...ldapOptionsOf(await settings()), overallTimeout: maxWait })
  return {
    connection: async () => testLdapConnection(await options(), stop),
    search: async () => searchLdapSample(await options(), shown, stop),
  }
}
