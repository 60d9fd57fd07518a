import { cascadingKey, columns, defineTable } from '@pocket/core/internal/sql'

const { primary, text, uuid } = columns

/** All lines of a run whose stored report is shortened. */
export interface LdapReport {
  readonly runId: string
  /** CSV, compressed (gzip) and encoded as Base64. */
  readonly lines: string
}

export const ldapReportTable = defineTable<LdapReport>('pocket_ldap_report', {
  columns: { runId: primary(uuid), lines: text },
  foreignKeys: [cascadingKey('pocket_ldap_report_run', { property: 'runId', table: 'pocket_ldap_run' })],
})
