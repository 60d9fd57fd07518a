import type { ApiKey } from './api-key.ts'

/** An API key in the REST API, without secrets. */
export function apiKeyDto(apiKey: ApiKey) {
  const { id, name, description, expiresAt, lastUsedAt, createdAt, expirationEmailSent, scopes, canReadSecrets } =
    apiKey
  return {
    id,
    name,
    description,
    expiresAt: new Date(expiresAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
    expirationEmailSent,
    canReadSecrets,
    ...(scopes !== null && { scopes }),
  }
}
