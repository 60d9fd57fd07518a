import type { InitialAccessToken, Pocket } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import type { Deps } from '../http/deps.ts'

type IssuedToken = Awaited<ReturnType<Pocket['initialAccessTokens']['issue']>>
type NewToken = Parameters<Pocket['initialAccessTokens']['issue']>[0]

/** Administration of initial access tokens for dynamic client registration (RFC 7591 §3). */
export interface InitialAccessTokenAdministration {
  /** Returns the plaintext token. @throws {InvalidInputError} `validation_failed` on `description`, `lifetime` or `usageLimit` */
  create(actor: Actor, newToken: NewToken): Promise<IssuedToken>
  /** Unexpired tokens, newest first. */
  list(): Promise<readonly InitialAccessToken[]>
  /** Keeps the clients registered with it. Does nothing if the token does not exist. */
  remove(actor: Actor, id: string): Promise<void>
}

export function createInitialAccessTokenAdministration({
  pocket: { initialAccessTokens },
  audit,
  transaction,
}: Deps): InitialAccessTokenAdministration {
  return {
    create: ({ id: actorId, origin }, newToken) =>
      transaction(async () => {
        const issued = await initialAccessTokens.issue(newToken)
        const { id: initialAccessTokenId } = issued.stored
        const changes = changesBetween(null, toAuditFields(issued.stored))
        await audit.record(
          { event: 'initial_access_token_created', initialAccessTokenId, by: actorId, ...changes },
          origin,
        )
        return issued
      }),
    list: () => initialAccessTokens.list(),
    remove: ({ id: actorId, origin }, initialAccessTokenId) =>
      transaction(async () => {
        const before = (await initialAccessTokens.list()).find(({ id }) => id === initialAccessTokenId)
        if (!(await initialAccessTokens.remove(initialAccessTokenId))) return
        const changes = changesBetween(before ? toAuditFields(before) : null, null)
        await audit.record(
          { event: 'initial_access_token_removed', initialAccessTokenId, by: actorId, ...changes },
          origin,
        )
      }),
  }
}

/** Audit log data of a token, without secrets. */
function toAuditFields({ description, usageLimit, expiresAt }: InitialAccessToken): object {
  return { description, usageLimit, expiresAt: new Date(expiresAt).toISOString() }
}
