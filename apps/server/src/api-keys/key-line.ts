import type { ListPageDefinition } from '../http/list-page.ts'
import type { ApiKey } from './api-key.ts'
import type { ApiKeyLine } from './page-model.ts'

export const apiKeysPath = '/settings/api-keys'

export const apiKeyList: ListPageDefinition = {
  path: apiKeysPath,
  columns: [
    { name: 'name', sort: 'name' },
    { name: 'permissions', choice: 'shown' },
    { name: 'expires', sort: 'expiresAt', choice: 'shown' },
    { name: 'lastUsed', sort: 'lastUsedAt', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'shown' },
    { name: 'acts' },
  ],
  filters: { expired: ['false', 'true'] },
  sort: { column: 'createdAt', descending: true },
}

export function apiKeyLine(apiKey: ApiKey, now: number): ApiKeyLine {
  const { id, name, description, scopes, canReadSecrets, expiresAt, lastUsedAt, createdAt } = apiKey
  const keyPath = `${apiKeysPath}/${encodeURIComponent(id)}`
  return {
    id,
    name,
    description: description ?? '',
    scopes,
    canReadSecrets,
    expiresAt,
    isExpired: expiresAt <= now,
    lastUsedAt,
    createdAt,
    revokeAt: `${keyPath}/revoke`,
    revoking: {
      act: 'apiKeys.revoke',
      names: [name],
      count: 1,
      submitTo: `${keyPath}/revoke`,
      fields: [],
      isDangerous: true,
    },
    renewAt: `${keyPath}/renew`,
  }
}
