import type { ApiKey } from './api-key.ts'

/** A key as the REST API tells of it: nothing that could be tried. */
export function apiKeyDto({
  id,
  name,
  description,
  expiresAt,
  lastUsedAt,
  createdAt,
  expirationEmailSent,
  scopes,
}: ApiKey) {
  return {
    id,
    name,
    description,
    expiresAt: new Date(expiresAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
    expirationEmailSent,
    ...(scopes !== null && { scopes }),
  }
}
