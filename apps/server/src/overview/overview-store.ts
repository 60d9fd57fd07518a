import type { Database, DatabaseKind, Parameter } from '@pocket/core/internal/sql'
import { delayedCodeLifetime } from '../recovery/recovery-requests.ts'

export interface DayCount {
  /** Days since the Unix epoch. */
  readonly day: number
  readonly count: number
}

export interface FailureCount {
  readonly code: string
  readonly count: number
}

/** Enabled users by their passkeys, without those that are bound to another host name. */
export interface UserCounts {
  readonly enabled: number
  readonly withPasskey: number
  readonly withoutPasskey: number
  /** Users with a single passkey that is bound to one device are also counted in `withSingleDevicePasskey`. */
  readonly withSinglePasskey: number
  readonly withSingleDevicePasskey: number
  readonly administratorsWithSingleDevicePasskey: number
  /** How many devices hold passkeys of administrators: a synced passkey is on several. */
  readonly administratorDevices: 'none' | 'one' | 'several'
  readonly hasBreakGlassCode: boolean
  /** The recovery codes of all administrators, which are accepted only if `RECOVERY_CODES` is `everyone`. */
  readonly administratorRecoveryCodes: number
}

export interface ForeignPasskeys {
  readonly rpId: string
  readonly count: number
}

export interface EmailCounts {
  readonly waiting: number
  /** When the oldest waiting e-mail was created; `null` if none is waiting. */
  readonly waitingSince: number | null
  /** E-mails that failed permanently since the requested instant. */
  readonly failed: number
  /** When the last e-mail was sent, within the time that e-mails are kept; `null` if none was. */
  readonly lastSentAt: number | null
}

export interface ExpiringItem {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly endsAt: number
}

export interface ExpiringApiKey extends ExpiringItem {
  readonly ownerName: string | null
}

export interface ExpiringItems<Item extends ExpiringItem> {
  readonly items: readonly Item[]
  readonly total: number
}

export interface InstanceStatus {
  readonly approvals: number
  readonly recoveries: number
  /** When a break-glass code was last used, if recently. */
  readonly breakGlassUsedAt: number | null
  readonly invitations: number
  /** When the next invitation expires; `null` if there is none. */
  readonly invitationEndsAt: number | null
  readonly isLdapWaiting: boolean
  readonly hasLdapFailed: boolean
  /** When the last LDAP import started; `null` before the first one. */
  readonly ldapRanAt: number | null
  readonly scimTargets: number
  /** The number of targets whose last run was incomplete. */
  readonly scimFailed: number
  /** When the oldest active signing key became active; `null` if there is none. */
  readonly keySignsSince: number | null
  /** When the newest archive in the audit log was exported; `null` if there is none. */
  readonly exportedAt: number | null
}

/** Milliseconds. */
const day = 86_400_000

/** Reads only the columns of the index `pocket_audit_event`, so that a million entries are counted by an index scan. */
const signIns = `SELECT created_at / ${day} AS day, COUNT(*) AS number FROM pocket_audit
  WHERE event IN ('SIGN_IN', 'TOKEN_SIGN_IN', 'REMOTE_SIGN_IN', 'RECOVERY_SIGN_IN') AND created_at >= $1
  GROUP BY created_at / ${day}`

const failures = (code: string) => `SELECT code, SUM(occurrences) AS number FROM (
    SELECT ${code} AS code, occurrences FROM pocket_audit WHERE event = 'SIGN_IN_FAILED' AND created_at >= $1
    ORDER BY created_at DESC, id DESC LIMIT $2) AS newest
  GROUP BY code ORDER BY number DESC, code`

const administratorCodes = (kind: 'break_glass' | 'recovery') =>
  `(SELECT COUNT(*) FROM pocket_code JOIN pocket_user AS owner ON owner.id = pocket_code.account_id
      WHERE kind = '${kind}' AND administrator AND NOT disabled)`

const people = `SELECT COUNT(*) AS enabled, COUNT(number) AS with_passkey,
    SUM(CASE WHEN number IS NULL THEN 1 ELSE 0 END) AS without_passkey,
    SUM(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS single,
    SUM(CASE WHEN number = 1 AND synced = 0 THEN 1 ELSE 0 END) AS one_device,
    SUM(CASE WHEN number = 1 AND synced = 0 AND administrator THEN 1 ELSE 0 END) AS administrators,
    SUM(CASE WHEN administrator THEN 1 ELSE 0 END) AS all_administrators,
    SUM(CASE WHEN administrator THEN COALESCE(number, 0) + COALESCE(synced, 0) ELSE 0 END) AS administrator_passkeys,
    ${administratorCodes('break_glass')} AS break_glass,
    ${administratorCodes('recovery')} AS recovery_codes
  FROM pocket_user LEFT JOIN (
    SELECT account_id, COUNT(*) AS number, SUM(CASE WHEN backed_up THEN 1 ELSE 0 END) AS synced
    FROM pocket_passkey WHERE rp_id IS NULL OR rp_id = $1 GROUP BY account_id) AS passkeys ON account_id = id
  WHERE NOT disabled`

/** `sent_at IS NULL` matches the condition of the partial index `pocket_email_unsent`. */
const emails = `SELECT SUM(CASE WHEN next_attempt_at IS NOT NULL THEN 1 ELSE 0 END) AS waiting,
    MIN(CASE WHEN next_attempt_at IS NOT NULL THEN created_at END) AS waiting_since,
    SUM(CASE WHEN next_attempt_at IS NULL AND created_at >= $1 THEN 1 ELSE 0 END) AS failed,
    (SELECT sent_at FROM pocket_email WHERE sent_at IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT 1) AS last_sent_at
  FROM pocket_email WHERE sent_at IS NULL`

/** Clients with a secret that never expires are excluded before their JSON is parsed. */
const secrets = (
  elements: string,
  field: (name: string) => string,
) => `SELECT id, name, created_at, ends_at, COUNT(*) OVER () AS total FROM (
    SELECT id, name, (SELECT MAX(${field('createdAt')}) FROM ${elements}) AS created_at,
      (SELECT MAX(${field('expiresAt')}) FROM ${elements}) AS ends_at FROM pocket_client
    WHERE NOT is_public AND secrets LIKE '%"expiresAt":%' AND secrets NOT LIKE '%"expiresAt":null%') AS clients
  WHERE ends_at <= $1 ORDER BY ends_at, id LIMIT $2`

const apiKeys = `SELECT owner_id AS id, pocket_api_key.name AS name, display_name AS owner_name,
    pocket_api_key.created_at AS created_at, expires_at AS ends_at,
    COUNT(*) OVER () AS total
  FROM pocket_api_key LEFT JOIN pocket_user ON pocket_user.id = owner_id
  WHERE expires_at > $1 AND expires_at <= $2 ORDER BY expires_at, pocket_api_key.id LIMIT $3`

const lastImport = (outcome: string) => `(SELECT COUNT(*) FROM pocket_ldap_run WHERE outcome = '${outcome}'
      AND started_at = (SELECT MAX(started_at) FROM pocket_ldap_run WHERE outcome <> 'dry'))`

const foreignPasskeys =
  'SELECT rp_id, COUNT(*) AS number FROM pocket_passkey WHERE rp_id <> $1 GROUP BY rp_id ORDER BY 2 DESC, 1 LIMIT 5'

const statusQuery = `SELECT
    (SELECT COUNT(*) FROM pocket_approval WHERE awaits_administrator) AS approvals,
    (SELECT COUNT(*) FROM pocket_recovery WHERE ready_at > $2) AS recoveries,
    (SELECT MAX(created_at) FROM pocket_audit WHERE event = 'RECOVERY_CODE_USED' AND created_at >= $3
      AND data LIKE '%"kind":"break_glass"%') AS break_glass_used_at,
    (SELECT COUNT(*) FROM pocket_signup_token WHERE expires_at > $1 AND usage_count < usage_limit) AS invitations,
    (SELECT MIN(expires_at) FROM pocket_signup_token WHERE expires_at > $1 AND usage_count < usage_limit) AS invitation_ends_at,
    ${lastImport('waiting')} AS ldap_waiting,
    ${lastImport('failed')} AS ldap_failed,
    (SELECT MAX(started_at) FROM pocket_ldap_run WHERE outcome <> 'dry') AS ldap_ran_at,
    (SELECT COUNT(*) FROM pocket_scim_provider) AS scim_targets,
    (SELECT COUNT(*) FROM pocket_scim_provider WHERE failed) AS scim_failed,
    (SELECT MIN(status_since) FROM pocket_key WHERE status = 'current') AS key_signs_since,
    (SELECT MAX(created_at) FROM pocket_audit WHERE event = 'DATA_EXPORTED' AND data LIKE '%"format":"archive"%')
      AS exported_at`

const sql: Readonly<Record<DatabaseKind, { readonly failures: string; readonly secrets: string }>> = {
  sqlite: {
    failures: failures(`json_extract(data, '$.code')`),
    secrets: secrets('json_each(secrets)', (name) => `json_extract(value, '$.${name}')`),
  },
  postgres: {
    failures: failures(`data::json ->> 'code'`),
    secrets: secrets(
      'json_array_elements(secrets::json) AS each_secret',
      (name) => `(each_secret ->> '${name}')::bigint`,
    ),
  },
}

/** Some drivers return numbers as strings, and the sum of no rows is null. */
type Numeric = number | string | null

/**
 * Read-only queries for the overview. Every method is one statement that returns no more rows than a page shows. Instants in
 * milliseconds since the Unix epoch.
 */
export function createOverviewStore(database: Database) {
  /** The numbers of a single-row statement. */
  const readRow = async (text: string, parameters: readonly Parameter[]): Promise<(column: string) => number> => {
    const [row = {}] = await database.query<Readonly<Record<string, Numeric>>>(text, parameters)
    return (column) => Number(row[column] ?? 0)
  }

  return {
    /** Sign-ins per day since this instant; days without sign-ins are missing. */
    async countSignIns(since: number): Promise<readonly DayCount[]> {
      const rows = await database.query<{ day: Numeric; number: Numeric }>(signIns, [since])
      return rows.map((row) => ({ day: Number(row.day), count: Number(row.number) }))
    },

    /** Failures among the latest `limit` failed sign-ins since this instant. */
    async countFailures(since: number, limit: number): Promise<readonly FailureCount[]> {
      const statement = sql[database.kind].failures
      const rows = await database.query<{ code: string | null; number: Numeric }>(statement, [since, limit])
      return rows.map(({ code, number }) => ({ code: code ?? '', count: Number(number) }))
    },

    /** @param rpId - the RP ID for which passkeys count */
    async countUsers(rpId: string): Promise<UserCounts> {
      const value = await readRow(people, [rpId])
      const devices = value('administrator_passkeys')
      return {
        enabled: value('enabled'),
        withPasskey: value('with_passkey'),
        withoutPasskey: value('without_passkey'),
        withSinglePasskey: value('single'),
        withSingleDevicePasskey: value('one_device'),
        administratorsWithSingleDevicePasskey: value('administrators'),
        // A synced passkey counts twice. Before the set-up there is no administrator to warn about.
        administratorDevices:
          devices > 1 || value('all_administrators') === 0 ? 'several' : devices === 1 ? 'one' : 'none',
        hasBreakGlassCode: value('break_glass') > 0,
        administratorRecoveryCodes: value('recovery_codes'),
      }
    },

    /** The most frequent RP IDs of passkeys that are bound to another host name than this one. */
    async countForeignPasskeys(rpId: string): Promise<readonly ForeignPasskeys[]> {
      const rows = await database.query<{ rp_id: string; number: Numeric }>(foreignPasskeys, [rpId])
      return rows.map(({ rp_id, number }) => ({ rpId: rp_id, count: Number(number) }))
    },

    async countEmails(failedSince: number): Promise<EmailCounts> {
      const value = await readRow(emails, [failedSince])
      return {
        waiting: value('waiting'),
        waitingSince: value('waiting_since') || null,
        failed: value('failed'),
        lastSentAt: value('last_sent_at') || null,
      }
    },

    /** Clients whose last secret expires before this instant, the earliest first. */
    async listExpiringSecrets(before: number, limit: number): Promise<ExpiringItems<ExpiringItem>> {
      const statement = sql[database.kind].secrets
      return toExpiringItems(await database.query<ExpiringRow>(statement, [before, limit]), toExpiringItem)
    },

    async listExpiringApiKeys(
      { from, to }: { from: number; to: number },
      limit: number,
    ): Promise<ExpiringItems<ExpiringApiKey>> {
      const rows = await database.query<ExpiringRow & { owner_name: string | null }>(apiKeys, [from, to, limit])
      return toExpiringItems(rows, (row) => ({ ...toExpiringItem(row), ownerName: row.owner_name }))
    },

    /** @param recentSince - from when on uses of break-glass codes count */
    async readStatus(now: number, recentSince: number): Promise<InstanceStatus> {
      const value = await readRow(statusQuery, [now, now - delayedCodeLifetime, recentSince])
      return {
        approvals: value('approvals'),
        recoveries: value('recoveries'),
        breakGlassUsedAt: value('break_glass_used_at') || null,
        invitations: value('invitations'),
        invitationEndsAt: value('invitation_ends_at') || null,
        isLdapWaiting: value('ldap_waiting') > 0,
        hasLdapFailed: value('ldap_failed') > 0,
        ldapRanAt: value('ldap_ran_at') || null,
        scimTargets: value('scim_targets'),
        scimFailed: value('scim_failed'),
        keySignsSince: value('key_signs_since') || null,
        exportedAt: value('exported_at') || null,
      }
    },
  }
}

export type OverviewStore = ReturnType<typeof createOverviewStore>

interface ExpiringRow {
  readonly id: string
  readonly name: string
  readonly created_at: Numeric
  readonly ends_at: Numeric
  readonly total: Numeric
}

function toExpiringItem({ id, name, created_at, ends_at }: ExpiringRow): ExpiringItem {
  return { id, name, createdAt: Number(created_at), endsAt: Number(ends_at) }
}

function toExpiringItems<Row extends ExpiringRow, Item extends ExpiringItem>(
  rows: readonly Row[],
  toItem: (row: Row) => Item,
): ExpiringItems<Item> {
  return { items: rows.map(toItem), total: Number(rows[0]?.total ?? 0) }
}
