import { isId } from '@pocket/directory/internal'
import type { ApiKey } from '../../api-keys/api-key.ts'
import type { ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { hashFromHex, planName } from './texts.ts'

export function planApiKey(
  row: SourceRow<'api_keys'>,
  isUser: (id: string) => boolean,
  report: ReportCollector,
): ApiKey | undefined {
  const ownerId = row.user_id ?? ''
  const subject = { subject: 'api key', id: row.id, name: row.name } as const
  const tokenHash = hashFromHex(row.key)
  if (!isUser(ownerId) || tokenHash === undefined || !isId(row.id)) {
    const reason = isUser(ownerId) ? 'It is not a SHA-256.' : `Its user ${ownerId} does not exist or is left out.`
    report.leftOut(subject, reason)
    return undefined
  }
  return {
    id: row.id,
    ownerId,
    name: planName(row.name, { maxLength: 50, fallback: 'API key' }, (reason) => report.changed(subject, reason)),
    description: row.description,
    tokenHash,
    scopes: null,
    // Pocket ID shows secrets to every key, and its programs compare them.
    canReadSecrets: true,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    expirationEmailSent: row.expiration_email_sent,
    createdAt: row.created_at,
  }
}
