import { changesBetween } from '../audit/changes.ts'
import type { Client } from './client.ts'

/** What an entry of the audit log says anyway, what has entries of its own, and what nobody has chosen. */
const unrecordedFields = {
  except: ['id', 'createdAt', 'updatedAt', 'secrets', 'pkceSupported', 'unusedSince', 'metadataExpiresAt'],
}

/**
 * What the audit log tells of a client that was made, changed or removed.
 *
 * @example
 * ```ts
 * const event = { event: 'client_created', clientId: client.id, ...clientChanges(null, client) }
 * ```
 */
export function clientChanges(before: Client | null, after: Client | null) {
  return changesBetween(before, after, unrecordedFields)
}
