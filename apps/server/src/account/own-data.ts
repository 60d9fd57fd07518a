import type { RequestOrigin } from '@pocket/core'
import { consentedScopes } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import { apiKeyDto } from '../api-keys/api-key-dto.ts'
import type { ApiKeys } from '../api-keys/api-keys.ts'
import type { FavoriteStore } from '../apps/favorite-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { exportedEntry } from '../audit-log/export.ts'
import type { Deps } from '../http/deps.ts'
import { formatInstant } from '../http/instant.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import { passkeyDto, userDto } from '../users/user-dto.ts'

export interface OwnDataDeps extends Deps {
  readonly sessions: SessionAdministration
  readonly recovery: Pick<Recovery, 'findState'>
  readonly apiKeys: ApiKeys
  readonly favorites: FavoriteStore
  readonly auditLog: AuditLogStore
}

/** All data stored about a user, except secrets. */
export interface OwnData {
  /** Records the export in the audit log and streams one JSON object in chunks with backpressure. */
  exportJson(user: User, origin: RequestOrigin): Promise<AsyncGenerator<string>>
}

const batchSize = 200

export function createOwnData(deps: OwnDataDeps): OwnData {
  return {
    async exportJson(user, origin) {
      await deps.audit.record({ event: 'account_exported', accountId: user.id }, origin)
      return jsonChunks(deps, user)
    },
  }
}

async function* jsonChunks(deps: OwnDataDeps, user: User): AsyncGenerator<string> {
  const { directory, pocket, sessions, recovery, favorites, clock } = deps
  const storedUser = await directory.users.find(user.id)
  const { unusedCodes, hasBreakGlassCode, lastUsedAt: usedAt, requestedFor } = await recovery.findState(user)
  const head = {
    exportedAt: new Date(clock.now()).toISOString(),
    account: storedUser ? userDto(storedUser) : userDto(user),
    passkeys: (await pocket.passkeys.list(user.id)).map(passkeyDto),
    sessions: (await sessions.list(user.id, null)).map(
      ({ current: _, startedAt, lastUsedAt, expiresAt, ...session }) => ({
        ...session,
        startedAt: formatInstant(startedAt),
        lastUsedAt: formatInstant(lastUsedAt),
        expiresAt: formatInstant(expiresAt),
      }),
    ),
    recovery: {
      unusedCodes,
      hasBreakGlassCode,
      lastUsedAt: usedAt && formatInstant(usedAt),
      requestedFor: requestedFor && formatInstant(requestedFor),
    },
    favoriteApplications: await favorites.list(user.id),
  }
  yield JSON.stringify(head, null, 2).slice(0, -2)
  yield* jsonArray('allowedApplications', consents(deps, user.id))
  yield* jsonArray('apiKeys', keys(deps, user.id))
  yield* jsonArray('auditLog', entries(deps, user.id))
  yield '\n}\n'
}

async function* jsonArray(name: string, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield `,\n  "${name}": [`
  let separator = '\n    '
  for await (const item of items) {
    yield separator + JSON.stringify(item)
    separator = ',\n    '
  }
  yield '\n  ]'
}

async function* consents({ pocket }: OwnDataDeps, accountId: string): AsyncGenerator<unknown> {
  const request = {
    scope: { of: 'consented', accountId },
    limit: batchSize,
    sort: null,
    filters: {},
    search: '',
  } as const
  for (let page = 1, fetched = 0, total = 1; fetched < total; page += 1) {
    const result = await pocket.clients.page({ ...request, page })
    if (result.items.length === 0) return
    total = result.total
    fetched += result.items.length
    for (const { client, consent } of result.items)
      yield {
        id: client.id,
        name: client.name,
        scopes: consentedScopes(consent?.scopes ?? []),
        lastUsedAt: consent && formatInstant(consent.updatedAt),
      }
  }
}

async function* keys({ apiKeys }: OwnDataDeps, ownerId: string): AsyncGenerator<unknown> {
  for (let page = 1, fetched = 0, total = 1; fetched < total; page += 1) {
    const result = await apiKeys.list(ownerId, { page, limit: batchSize, sort: null, filters: {}, search: '' })
    if (result.items.length === 0) return
    total = result.total
    fetched += result.items.length
    yield* result.items.map(apiKeyDto)
  }
}

async function* entries({ auditLog }: OwnDataDeps, accountId: string): AsyncGenerator<unknown> {
  const query = { accountId, from: null, to: null, filters: {}, search: '' }
  for (let batch = await auditLog.next(query, batchSize); batch.length > 0; ) {
    yield* batch.map(exportedEntry)
    batch = await auditLog.next(query, batchSize, batch.at(-1))
  }
}
