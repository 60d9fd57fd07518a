import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { LdapRun } from './ldap-run.ts'

const { bigint, hash, json, uuid, varchar } = columns

export const ldapRunTable: EntitySchema<LdapRun> = new EntitySchema<LdapRun>({
  name: 'pocket_ldap_run',
  tableName: 'pocket_ldap_run',
  columns: {
    id: { ...uuid, primary: true },
    trigger: { ...varchar(10), name: 'started_by' },
    outcome: varchar(10),
    startedAt: { ...bigint, name: 'started_at' },
    finishedAt: { ...bigint, name: 'finished_at' },
    code: { ...varchar(64), nullable: true },
    details: json,
    found: { ...json, nullable: true },
    counts: json,
    problems: json,
    problemCount: { ...bigint, name: 'problem_count' },
    plan: { ...json, nullable: true },
    losses: { ...json, nullable: true },
    settingsHash: { ...hash, name: 'settings_hash' },
  },
  indices: [{ name: 'pocket_ldap_run_newest', columns: ['startedAt', 'id'] }],
})
