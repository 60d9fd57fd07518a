import { columns, defineTable } from '@pocket/core/internal/sql'
import type { LdapRun } from './ldap-run.ts'

const { bigint, hash, json, nullable, primary, uuid, varchar } = columns

export const ldapRunTable = defineTable<LdapRun>('pocket_ldap_run', {
  columns: {
    id: primary(uuid),
    trigger: { ...varchar(10), name: 'started_by' },
    outcome: varchar(10),
    startedAt: bigint,
    finishedAt: bigint,
    code: nullable(varchar(64)),
    details: json,
    found: nullable(json),
    counts: json,
    problems: json,
    problemCount: bigint,
    plan: nullable(json),
    losses: nullable(json),
    settingsHash: hash,
  },
  indices: [{ name: 'pocket_ldap_run_newest', columns: ['startedAt', 'id'] }],
})
