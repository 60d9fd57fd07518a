import { type Database, type Parameter, TableRows } from '@pocket/core/internal/sql'
import { orderOf, readPage } from '../database/read-page.ts'
import type { FilterValue, ListRequest, Page } from '../http/api/list.ts'
import { emailTable } from './email.table.ts'
import type { Email, EmailKind } from './email.ts'

/** A delivery attempt. If the stored `attempts` is higher, another process has claimed the e-mail. */
export type Attempt = Pick<Email, 'id' | 'attempts'>

/** The outcome of an e-mail, in milliseconds since the Unix epoch. */
export interface LastAttempt {
  readonly succeeded: boolean
  readonly at: number
}

/** Longer than every retry pause, in milliseconds: a `next_attempt_at` further ahead means that the clock was set back. */
const maxPause = 25 * 3_600_000

const rows = new TableRows(emailTable)

const dueCondition = 'sent_at IS NULL AND (next_attempt_at <= $1 OR next_attempt_at > $3)'
const claim = (lock: string) => `UPDATE ${rows.table} SET attempts = attempts + 1, next_attempt_at = $2
  WHERE id = (SELECT id FROM ${rows.table} WHERE ${dueCondition} ORDER BY next_attempt_at, id LIMIT 1 ${lock}) AND ${dueCondition}
  RETURNING ${rows.columns}`

const sql = {
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  // Concurrent callers claim different rows.
  claim: { sqlite: claim(''), postgres: claim('FOR UPDATE SKIP LOCKED') },
  replace: `UPDATE ${rows.table} SET kind = $3, recipient = $4, account_id = $5, locale = $6, data = $7, expires_at = $8
    WHERE id = $1 AND attempts = $2`,
  markSent: `UPDATE ${rows.table} SET sent_at = $3, next_attempt_at = NULL, last_error = NULL, data = ''
    WHERE id = $1 AND attempts = $2 AND sent_at IS NULL`,
  markFailed: `UPDATE ${rows.table} SET last_error = $3, next_attempt_at = $4
    WHERE id = $1 AND attempts = $2 AND sent_at IS NULL`,
  retry: `UPDATE ${rows.table} SET attempts = 0, next_attempt_at = $2
    WHERE id = $1 AND sent_at IS NULL AND expires_at > $2`,
  countSince: `SELECT COUNT(*) AS total FROM ${rows.table} WHERE account_id = $1 AND kind = $2 AND created_at > $3`,
  countUnsent: `SELECT COUNT(next_attempt_at) AS waiting, COUNT(*) AS total FROM ${rows.table} WHERE sent_at IS NULL`,
  find: `${rows.select} WHERE id = $1`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
  removeTests: `DELETE FROM ${rows.table} WHERE kind = 'test'`,
  // The newest e-mail that was attempted, by the index `pocket_email_created`.
  lastAttempt: `SELECT sent_at, created_at FROM ${rows.table} WHERE sent_at IS NOT NULL OR last_error IS NOT NULL
    ORDER BY created_at DESC, id DESC LIMIT 1`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeBefore: `DELETE FROM ${rows.table} WHERE id IN (
    SELECT id FROM ${rows.table} WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)`,
}

const state = `CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN next_attempt_at IS NULL THEN 'failed' ELSE 'waiting' END`
const filterKeys = { state, kind: 'kind', recipient: 'recipient' } as const
/** The two databases sort NULL at different ends, so it is mapped to a number. */
const sortKeys = {
  createdAt: 'created_at',
  sentAt: 'COALESCE(sent_at, 0)',
  recipient: 'recipient',
  kind: 'kind',
  attempts: 'attempts',
}

/** The queue of e-mails. Every method joins the running transaction and is one atomic statement. */
export function createEmailStore(database: Database) {
  const executeOne = async (statement: string, parameters: readonly Parameter[]): Promise<boolean> =>
    (await database.execute(statement, parameters)) === 1

  return {
    /** Returns `false` if an e-mail with the same `onceKey` exists. */
    insert: async (email: Email): Promise<boolean> => (await database.execute(sql.insert, rows.values(email))) === 1,
    /** Claims one due e-mail until the given instant and increments its attempt counter. */
    claim: async ({ now, until }: { readonly now: number; readonly until: number }): Promise<Email | undefined> =>
      rows.first(await database.query(sql.claim[database.kind], [now, until, now + maxPause])),
    /** Replaces the content, the account and the language of an e-mail. */
    replace: ({ id, attempts, kind, recipient, accountId, locale, data, expiresAt }: Email): Promise<boolean> =>
      executeOne(sql.replace, [id, attempts, kind, recipient, accountId, locale, data, expiresAt]),
    /** Also deletes the content, because it may contain secrets and is no longer needed. */
    markSent: ({ id, attempts }: Attempt, at: number): Promise<boolean> => executeOne(sql.markSent, [id, attempts, at]),
    /** `nextAttemptAt`: `null` gives up. */
    markFailed: ({ id, attempts }: Attempt, failure: Pick<Email, 'lastError' | 'nextAttemptAt'>): Promise<boolean> =>
      executeOne(sql.markFailed, [id, attempts, failure.lastError, failure.nextAttemptAt]),
    /** Makes an unsent e-mail due immediately; returns `false` if it was sent or has expired. */
    retry: (id: string, now: number): Promise<boolean> => executeOne(sql.retry, [id, now]),
    find: async (id: string): Promise<Email | undefined> => rows.first(await database.query(sql.find, [id])),

    /** Number of e-mails of this kind queued for an account since this instant. */
    async countSince(accountId: string, kind: EmailKind, since: number): Promise<number> {
      const [count] = await database.query<{ total: number | string }>(sql.countSince, [accountId, kind, since])
      return Number(count?.total)
    },

    /** Number of e-mails that wait for delivery, and of those that were given up. */
    async countUnsent(): Promise<{ readonly waiting: number; readonly failed: number }> {
      const [count] = await database.query<{ waiting: number | string; total: number | string }>(sql.countUnsent)
      const waiting = Number(count?.waiting)
      return { waiting, failed: Number(count?.total) - waiting }
    },

    /** Newest first by default. */
    list(request: ListRequest): Promise<Page<Email>> {
      const orderBy = orderOf(sortKeys, request, 'created_at DESC, id DESC')
      return readPage(database, rows, { ...conditionOf(request), orderBy }, request)
    },

    remove: (id: string): Promise<void> => database.write(sql.remove, [id]),
    removeTests: (): Promise<void> => database.write(sql.removeTests, []),

    /** The outcome of the newest e-mail that was attempted; `undefined` if none was within the last 30 days. */
    async lastAttempt(): Promise<LastAttempt | undefined> {
      const [row] = await database.query<Readonly<Record<'sent_at' | 'created_at', number | string | null>>>(
        sql.lastAttempt,
      )
      return row && { succeeded: row.sent_at !== null, at: Number(row.sent_at ?? row.created_at) }
    },

    removeByAccount: (accountId: string): Promise<void> => database.write(sql.removeByAccount, [accountId]),
    /** Removes at most `limit` e-mails older than this instant; returns the number removed. */
    removeBefore: (instant: number, limit: number): Promise<number> =>
      database.execute(sql.removeBefore, [instant, limit]),
  }
}

export type EmailStore = ReturnType<typeof createEmailStore>

function conditionOf({ filters, search }: ListRequest) {
  const parameters: Parameter[] = []
  const bind = (value: FilterValue) => `$${parameters.push(String(value))}`
  const clauses = Object.entries(filterKeys).flatMap(([name, key]) => {
    const values = filters[name] ?? []
    return values.length === 0 ? [] : [`${key} IN (${values.map(bind).join(', ')})`]
  })
  if (search !== '') {
    const pattern = `%${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
    clauses.push(`LOWER(recipient) LIKE ${bind(pattern)} ESCAPE '\\'`)
  }
  return { where: clauses.length === 0 ? '1 = 1' : clauses.join(' AND '), parameters }
}
