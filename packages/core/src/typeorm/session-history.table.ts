import type { SessionLink, SessionOrigin } from '../sessions/session-history-store.ts'
import { bigint, hash, integer, nullable, primary, text, uuid, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

/** How often a passkey was removed from an account; account operations lock its row. */
export interface PasskeyRemovals {
  readonly accountId: string
  readonly count: number
}

export const passkeyRemovalTable = defineTable<PasskeyRemovals>('pocket_passkey_removal', {
  columns: {
    accountId: primary(varchar(255)),
    count: integer,
  },
})

export const sessionOriginTable = defineTable<SessionOrigin>('pocket_session_origin', {
  columns: {
    uid: primary(varchar(255)),
    accountId: varchar(255),
    method: varchar(20),
    startedAt: bigint,
    removals: integer,
    endedBy: nullable(uuid),
    reviewAt: bigint,
    browser: nullable(hash),
  },
  indices: [
    { name: 'pocket_session_origin_account', columns: ['accountId'] },
    { name: 'pocket_session_origin_end', columns: ['endedBy'], where: 'ended_by IS NOT NULL' },
    { name: 'pocket_session_origin_review', columns: ['reviewAt'] },
    { name: 'pocket_session_origin_browser', columns: ['browser'], where: 'browser IS NOT NULL' },
  ],
})

export const sessionLinkTable = defineTable<SessionLink>('pocket_session_link', {
  columns: {
    sessionUid: primary(varchar(255)),
    kind: primary(varchar(20)),
    subject: primary(varchar(255)),
    accountId: varchar(255),
    label: nullable(text),
    at: bigint,
  },
  indices: [
    { name: 'pocket_session_link_account', columns: ['accountId'] },
    { name: 'pocket_session_link_subject', columns: ['subject', 'kind'] },
  ],
})
