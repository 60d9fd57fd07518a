import type { Passkey } from '@pocket/core'
import { isId } from '@pocket/directory/internal'
import type { ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { planName } from './texts.ts'

/** Pocket ID stores neither the model of an authenticator nor a signature counter. */
const unknownModel = '00000000-0000-0000-0000-000000000000'

export function planPasskey(
  row: SourceRow<'webauthn_credentials'>,
  isUser: (id: string) => boolean,
  report: ReportCollector,
): Passkey | undefined {
  const subject = { subject: 'passkey', id: row.id, name: row.name } as const
  const accountId = row.user_id ?? ''
  if (!isUser(accountId) || !isId(row.id) || row.credential_id.length > 1023) {
    const reason = isUser(accountId) ? 'Its ID is not valid.' : `Its user ${accountId} does not exist or is left out.`
    report.leftOut(subject, reason)
    return undefined
  }
  return {
    id: row.id,
    accountId,
    credentialId: row.credential_id.toString('base64url'),
    // The source does not store it; `migrate` adds it.
    rpId: null,
    publicKey: row.public_key.toString('base64url'),
    counter: 0,
    transports: row.transport,
    aaguid: unknownModel,
    deviceType: row.backup_eligible ? 'multiDevice' : 'singleDevice',
    backedUp: row.backup_state,
    userVerified: null,
    attachment: null,
    attestation: row.attestation_type === 'none' ? null : row.attestation_type.slice(0, 32) || null,
    attestedAt: null,
    device: null,
    counterRegressedAt: null,
    name: planName(row.name, { maxLength: 100, fallback: 'Passkey' }, (reason) => report.changed(subject, reason)),
    createdAt: row.created_at,
    lastUsedAt: null,
  }
}
