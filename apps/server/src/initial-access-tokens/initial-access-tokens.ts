import type { AuditSink, InitialAccessToken, Pocket, Transaction } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'

export interface RegistrationTokenPorts {
  readonly pocket: Pick<Pocket, 'initialAccessTokens'>
  readonly audit: AuditSink
  readonly transaction: Transaction
}

type Issued = Awaited<ReturnType<Pocket['initialAccessTokens']['issue']>>
type Wanted = Parameters<Pocket['initialAccessTokens']['issue']>[0]

/** Administration of initial access tokens for dynamic client registration (RFC 7591 §3). */
export interface RegistrationTokens {
  /** Returns the plaintext token. @throws {InvalidInputError} `validation_failed` on `description`, `lifetime` or `usageLimit` */
  create(actor: Actor, wanted: Wanted): Promise<Issued>
  /** Unexpired tokens, newest first. */
  list(): Promise<readonly InitialAccessToken[]>
  /** Keeps the clients registered with it. Does nothing if the token does not exist. */
  remove(actor: Actor, id: string): Promise<void>
}

export function createRegistrationTokens({
  pocket: { initialAccessTokens },
  audit,
  transaction,
}: RegistrationTokenPorts): RegistrationTokens {
  return {
    create: ({ id: by, origin }, wanted) =>
      transaction(async () => {
        const issued = await initialAccessTokens.issue(wanted)
        const { id: initialAccessTokenId } = issued.stored
        const changes = changesBetween(null, described(issued.stored))
        await audit.record({ event: 'initial_access_token_created', initialAccessTokenId, by, ...changes }, origin)
        return issued
      }),
    list: () => initialAccessTokens.list(),
    remove: ({ id: by, origin }, initialAccessTokenId) =>
      transaction(async () => {
        const before = (await initialAccessTokens.list()).find(({ id }) => id === initialAccessTokenId)
        if (!(await initialAccessTokens.remove(initialAccessTokenId))) return
        const changes = changesBetween(before ? described(before) : null, null)
        await audit.record({ event: 'initial_access_token_removed', initialAccessTokenId, by, ...changes }, origin)
      }),
  }
}

/** Audit log data of a token, without secrets. */
function described({ description, usageLimit, expiresAt }: InitialAccessToken): object {
  return { description, usageLimit, expiresAt: new Date(expiresAt).toISOString() }
}
