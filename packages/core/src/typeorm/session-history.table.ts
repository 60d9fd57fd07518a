import { EntitySchema } from 'typeorm'
import type { SessionLink, SessionOrigin } from '../sessions/session-history-store.ts'
import { bigint, hash, integer, text, uuid, varchar } from './columns.ts'

/** How often a passkey was removed from an account; account operations lock its row. */
export interface PasskeyRemovals {
  readonly accountId: string
  readonly count: number
}

export const passkeyRemovalTable: EntitySchema<PasskeyRemovals> = new EntitySchema<PasskeyRemovals>({
  name: 'pocket_passkey_removal',
  tableName: 'pocket_passkey_removal',
  columns: {
    accountId: { ...varchar(255), name: 'account_id', primary: true },
    count: integer,
  },
})

export const sessionOriginTable: EntitySchema<SessionOrigin> = new EntitySchema<SessionOrigin>({
  name: 'pocket_session_origin',
  tableName: 'pocket_session_origin',
  columns: {
    uid: { ...varchar(255), primary: true },
    accountId: { ...varchar(255), name: 'account_id' },
    method: varchar(20),
    startedAt: { ...bigint, name: 'started_at' },
    removals: integer,
    endedBy: { ...uuid, name: 'ended_by', nullable: true },
    reviewAt: { ...bigint, name: 'review_at' },
    browser: { ...hash, nullable: true },
  },
  indices: [
    { name: 'pocket_session_origin_account', columns: ['accountId'] },
    { name: 'pocket_session_origin_end', columns: ['endedBy'], where: 'ended_by IS NOT NULL' },
    { name: 'pocket_session_origin_review', columns: ['reviewAt'] },
    { name: 'pocket_session_origin_browser', columns: ['browser'], where: 'browser IS NOT NULL' },
  ],
})

export const sessionLinkTable: EntitySchema<SessionLink> = new EntitySchema<SessionLink>({
  name: 'pocket_session_link',
  tableName: 'pocket_session_link',
  columns: {
    sessionUid: { ...varchar(255), name: 'session_uid', primary: true },
    kind: { ...varchar(20), primary: true },
    subject: { ...varchar(255), primary: true },
    accountId: { ...varchar(255), name: 'account_id' },
    label: { ...text, nullable: true },
    at: bigint,
  },
  indices: [
    { name: 'pocket_session_link_account', columns: ['accountId'] },
    { name: 'pocket_session_link_subject', columns: ['subject', 'kind'] },
  ],
})
