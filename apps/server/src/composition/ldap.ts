import type { Pocket } from '@pocket/core'
import { ldapSource } from '@pocket/directory'
import type { Scheduler } from '../jobs/scheduler.ts'
import type { LdapServices } from '../ldap/deps.ts'
import { createLdapHost } from '../ldap/host.ts'
import { createLdapDiagnostics } from '../ldap/ldap-diagnostics.ts'
import { createLdapLinks } from '../ldap/ldap-links.ts'
import { createLdapSync } from '../ldap/ldap-sync.ts'
import type { Administration } from './administration.ts'
import type { Platform } from './platform.ts'

/** Disposing it aborts pending connections. */
export interface LdapModule extends LdapServices, Disposable {}

export function composeLdap(
  platform: Platform,
  pocket: Pocket,
  administration: Administration,
  scheduler: Scheduler,
): LdapModule {
  const { directory, database, settings, images, audit, recordMany, clock } = platform
  const host = createLdapHost({
    pocket,
    recordMany,
    images,
    deleteUserData: administration.deleteUserData,
    deleteGroupData: (groupId) => pocket.clients.setAllowedTo(groupId, []),
    async onEnabled(userId) {
      await database.approvals.remove(userId)
    },
  })
  const runs = database.ldapRuns
  const stop = new AbortController()
  const sync = createLdapSync({
    ldap: directory.ldap,
    host,
    runs,
    settings: settings.present,
    source: ldapSource,
    scheduler,
    jobs: database.jobs,
    audit,
    clock,
    stop: stop.signal,
  })
  settings.whenChanged(async (keys, values) => {
    if (keys.includes('ldapEnabled') && values.ldapEnabled) await sync.onEnabled()
  })
  return {
    sync,
    runs,
    settings: settings.present,
    links: createLdapLinks({ ...platform, pocket }, sync),
    diagnostics: createLdapDiagnostics(settings.present, stop.signal),
    [Symbol.dispose]: () => stop.abort(new Error('The server is shutting down')),
  }
}
