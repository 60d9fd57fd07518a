import { createHash } from 'node:crypto'
import { isId } from '@pocket/directory/internal'
import type { AuditEntry } from '../../audit-log/audit-entry.ts'
import { searchKey } from '../../audit-log/search-key.ts'
import type { SourceRow } from '../source/tables.ts'

export interface AuditNames {
  userName(id: string): string | null
  /** The ID of the sign-up token; the token itself would let a reader of the log sign up. */
  signupTokenId(token: string): string | null
}

export function planAuditEntry(row: SourceRow<'audit_logs'>, names: AuditNames): AuditEntry {
  const data = planData(row.data, names)
  const actorId = isId(data.actorUserID ?? '') ? (data.actorUserID ?? null) : null
  const entry = {
    event: row.event.slice(0, 64),
    accountId: row.user_id,
    accountName: row.user_id === null ? null : names.userName(row.user_id),
    actorId: actorId === row.user_id ? null : actorId,
    actorName: actorId === row.user_id ? null : (data.actorUsername ?? null),
    clientId: null,
    clientName: data.clientName ?? null,
    ipAddress: row.ip_address,
    userAgent: row.user_agent || null,
    country: row.country,
    city: row.city,
    data,
    changes: null,
  }
  return {
    id: isId(row.id) ? row.id : idFrom(row.id),
    createdAt: row.created_at,
    ...entry,
    requestId: null,
    occurrences: 1,
    lastAt: row.created_at,
    last: null,
    repetition: null,
    searched: searchKey(entry),
  }
}

function planData(data: Readonly<Record<string, unknown>>, names: AuditNames): Readonly<Record<string, string>> {
  const { signupToken, ...others } = data
  const texts = Object.entries(others).map(([key, value]) => [
    key,
    (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '\uFFFD').toWellFormed(),
  ])
  const tokenId = typeof signupToken === 'string' ? names.signupTokenId(signupToken) : null
  return { ...Object.fromEntries(texts), ...(tokenId !== null && { signupTokenId: tokenId }) }
}

/** A UUID that is always the same for the same text. */
function idFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
