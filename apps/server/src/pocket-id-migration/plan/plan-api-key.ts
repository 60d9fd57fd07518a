import { isId } from '@pocket/directory/internal'
import type { ApiKey } from '../../api-keys/api-key.ts'
import type { ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { hashFromHex, oneLine } from './texts.ts'

export function planApiKey(
  row: SourceRow<'api_keys'>,
  isUser: (id: string) => boolean,
  report: ReportCollector,
): ApiKey | undefined {
  const ownerId = row.user_id ?? ''
  const tokenHash = hashFromHex(row.key)
  if (!isUser(ownerId) || tokenHash === undefined || !isId(row.id)) {
    const reason = isUser(ownerId) ? 'It is not a SHA-256.' : `Its user ${ownerId} does not exist or is left out.`
    report.leftOut({ subject: 'api key', id: row.id, name: row.name }, reason)
    return undefined
  }
  return {
    id: row.id,
    ownerId,
    name: oneLine(row.name, 50) || 'API key',
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
