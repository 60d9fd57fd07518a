import type { AuditSink, Clock, Pocket, RequestOrigin } from '@pocket/core'
import { consentedScopes } from '@pocket/core/internal'
import type { Directory, User } from '@pocket/directory'
import { apiKeyDto } from '../api-keys/api-key-dto.ts'
import type { ApiKeys } from '../api-keys/api-keys.ts'
import type { FavouriteStore } from '../apps/favourite-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { exportedEntry } from '../audit-log/export.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import { passkeyDto, userDto } from '../users/user-dto.ts'

export interface OwnDataPorts {
  readonly directory: Pick<Directory, 'users'>
  readonly pocket: Pick<Pocket, 'passkeys' | 'clients'>
  readonly sessions: Pick<SessionAdministration, 'list'>
  readonly apiKeys: Pick<ApiKeys, 'list'>
  readonly favourites: Pick<FavouriteStore, 'list'>
  readonly auditLog: Pick<AuditLogStore, 'next'>
  readonly audit: AuditSink
  readonly clock: Clock
}

/** All data stored about a user, except secrets. */
export interface OwnData {
  /** Records the export in the audit log and streams one JSON object in chunks with backpressure. */
  exportJson(user: User, origin: RequestOrigin): Promise<AsyncGenerator<string>>
}

/** Number of entries in memory at once. */
const batchSize = 200

export function createOwnData(ports: OwnDataPorts): OwnData {
  return {
    async exportJson(user, origin) {
      await ports.audit.record({ event: 'account_exported', accountId: user.id }, origin)
      return jsonChunks(ports, user)
    },
  }
}

async function* jsonChunks(ports: OwnDataPorts, user: User): AsyncGenerator<string> {
  const { directory, pocket, sessions, favourites, clock } = ports
  const storedUser = await directory.users.find(user.id)
  const head = {
    exportedAt: new Date(clock.now()).toISOString(),
    account: storedUser ? userDto(storedUser) : userDto(user),
    passkeys: (await pocket.passkeys.list(user.id)).map(passkeyDto),
    sessions: (await sessions.list(user.id, null)).map(
      ({ current: _, startedAt, lastUsedAt, expiresAt, ...session }) => ({
        ...session,
        startedAt: instant(startedAt),
        lastUsedAt: instant(lastUsedAt),
        expiresAt: instant(expiresAt),
      }),
    ),
    favouriteApplications: await favourites.list(user.id),
  }
  yield JSON.stringify(head, null, 2).slice(0, -2)
  yield* jsonArray('allowedApplications', consents(ports, user.id))
  yield* jsonArray('apiKeys', keys(ports, user.id))
  yield* jsonArray('auditLog', entries(ports, user.id))
  yield '\n}\n'
}

/** Streams an array member of the object. */
async function* jsonArray(name: string, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield `,\n  "${name}": [`
  let separator = '\n    '
  for await (const item of items) {
    yield separator + JSON.stringify(item)
    separator = ',\n    '
  }
  yield '\n  ]'
}

async function* consents({ pocket }: OwnDataPorts, accountId: string): AsyncGenerator<unknown> {
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
        lastUsedAt: consent && instant(consent.updatedAt),
      }
  }
}

async function* keys({ apiKeys }: OwnDataPorts, ownerId: string): AsyncGenerator<unknown> {
  for (let page = 1, fetched = 0, total = 1; fetched < total; page += 1) {
    const result = await apiKeys.list(ownerId, { page, limit: batchSize, sort: null, filters: {}, search: '' })
    if (result.items.length === 0) return
    total = result.total
    fetched += result.items.length
    yield* result.items.map(apiKeyDto)
  }
}

async function* entries({ auditLog }: OwnDataPorts, accountId: string): AsyncGenerator<unknown> {
  const query = { accountId, from: null, to: null, filters: {}, search: '' }
  for (let batch = await auditLog.next(query, batchSize); batch.length > 0; ) {
    yield* batch.map(exportedEntry)
    batch = await auditLog.next(query, batchSize, batch.at(-1))
  }
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
