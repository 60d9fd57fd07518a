import { changesBetween } from '../audit/changes.ts'
import type { Client } from './client.ts'

/** Fields that are already part of the event, have their own events, or are set automatically. */
const unrecordedFields = {
  except: ['id', 'createdAt', 'updatedAt', 'secrets', 'pkceSupported', 'unusedSince', 'metadataExpiresAt'],
}

/** The audited changes of a client that was created, updated or removed. */
export function clientChanges(before: Client | null, after: Client | null) {
  return changesBetween(before, after, unrecordedFields)
}
