import type { InitialAccessToken, Pocket } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import type { Deps } from '../http/deps.ts'

type IssuedToken = Awaited<ReturnType<Pocket['initialAccessTokens']['issue']>>
type NewToken = Parameters<Pocket['initialAccessTokens']['issue']>[0]

/** Administration of initial access tokens for dynamic client registration (RFC 7591 §3). */
export function createInitialAccessTokenAdministration({ pocket: { initialAccessTokens }, audit, transaction }: Deps) {
  return {
    /** Returns the plaintext token. @throws {InvalidInputError} `validation_failed` on `description`, `lifetime` or `usageLimit` */
    create: ({ id: actorId, origin }: Actor, newToken: NewToken): Promise<IssuedToken> =>
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

    /** Unexpired tokens, newest first. */
    list: (): Promise<readonly InitialAccessToken[]> => initialAccessTokens.list(),

    /** Keeps the clients registered with it. Does nothing if the token does not exist. */
    remove: ({ id: actorId, origin }: Actor, initialAccessTokenId: string): Promise<void> =>
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

export type InitialAccessTokenAdministration = ReturnType<typeof createInitialAccessTokenAdministration>

/** Audit log data of a token, without secrets. */
function toAuditFields({ description, usageLimit, expiresAt }: InitialAccessToken): object {
  return { description, usageLimit, expiresAt: new Date(expiresAt).toISOString() }
}
