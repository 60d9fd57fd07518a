import type { AuditSink, Clock, Pocket, Transaction } from '@pocket/core'
import type { Directory, LdapOptions, LdapSource } from '@pocket/directory'
import type { RecordMany } from '../audit-log/audit-log.ts'
import type { Images } from '../images/images.ts'
import type { Scheduler } from '../jobs/scheduler.ts'
import { createLdapHost } from '../ldap/host.ts'
import { createLdapDiagnostics, type LdapDiagnostics } from '../ldap/ldap-diagnostics.ts'
import { createLdapLinks, type LdapLinks } from '../ldap/ldap-links.ts'
import type { LdapRunStore } from '../ldap/ldap-run-store.ts'
import { createLdapSync, type LdapSync } from '../ldap/ldap-sync.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { Settings } from '../settings/settings.ts'
import type { Administration } from './administration.ts'
import type { OpenDatabase } from './open-database.ts'

export interface LdapParts {
  readonly pocket: Pocket
  readonly directory: Directory
  readonly database: Pick<OpenDatabase, 'ldapRuns' | 'approvals' | 'jobs'>
  readonly administration: Pick<Administration, 'deleteUserData'>
  readonly settings: Settings
  readonly images: Images
  readonly scheduler: Scheduler
  readonly audit: AuditSink
  readonly recordMany: RecordMany
  readonly source: (options: LdapOptions) => LdapSource
  readonly transaction: Transaction
  readonly clock: Clock
}

/** LDAP services for pages, the REST API and jobs. Disposing it aborts pending connections. */
export interface LdapModule extends Disposable {
  readonly sync: LdapSync
  readonly links: LdapLinks
  readonly diagnostics: LdapDiagnostics
  readonly runs: LdapRunStore
  readonly settings: () => Promise<SettingValues>
}

export function composeLdap(parts: LdapParts): LdapModule {
  const { pocket, directory, database, administration, settings, images, scheduler } = parts
  const { audit, recordMany, source, transaction, clock } = parts
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
    source,
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
    links: createLdapLinks({ directory, sync, audit, transaction }),
    diagnostics: createLdapDiagnostics(settings.present, stop.signal),
    [Symbol.dispose]: () => stop.abort(new Error('The server is shutting down')),
  }
}
