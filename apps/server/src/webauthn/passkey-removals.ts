import type { CreatedCredential, PasskeyRemoval } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import type { ApiKeys } from '../api-keys/api-keys.ts'
import { createClientAdministration } from '../clients/administration.ts'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'

/** Something that was created in a session of a removed passkey, for display. */
export interface ReviewedCredential extends Pick<CreatedCredential, 'kind' | 'id' | 'at'> {
  /** The name of a passkey, an API key, the client of a secret, the user of a login code, or a device; may be empty. */
  readonly name: string
  /** `kept` is the passkey that the viewer has just used to re-authenticate. */
  readonly state: 'active' | 'withdrawn' | 'kept'
}

/** A removed passkey, and the credentials that were created in its sessions. */
export interface ReviewedRemoval extends Pick<PasskeyRemoval, 'passkeyId' | 'passkeyName'> {
  /** Passkeys come first. */
  readonly credentials: readonly ReviewedCredential[]
}

export interface PasskeyRemovalReview {
  /** The removals of the account that left something active. */
  list(actor: Actor, accountId: string): Promise<readonly ReviewedRemoval[]>
  /** @throws {NotFoundError} `passkey_not_found` if no removal of this passkey of the account has ended a session */
  find(actor: Actor, accountId: string, passkeyId: string): Promise<ReviewedRemoval>
  /** Revokes all active credentials, and recursively those that they created. @throws the same errors as `find` */
  withdraw(actor: Actor, accountId: string, passkeyId: string): Promise<void>
}

export function createPasskeyRemovalReview(deps: Deps & { readonly apiKeys: ApiKeys }): PasskeyRemovalReview {
  const { pocket, directory, apiKeys } = deps
  const { passkeyRemovals, passkeys, clients } = pocket
  const clientAdministration = createClientAdministration(deps)

  const findState = async ({
    kind,
    id,
    accountId,
    withdrawn,
    inUse,
  }: CreatedCredential): Promise<ReviewedCredential['state']> => {
    const isWithdrawn = kind === 'api_key' ? (await apiKeys.find(accountId, id)) === undefined : withdrawn
    return isWithdrawn ? 'withdrawn' : inUse ? 'kept' : 'active'
  }
  const findName = async ({ kind, label }: CreatedCredential): Promise<string> => {
    if (label === null) return ''
    switch (kind) {
      case 'client_secret':
        return (await clients.find(label))?.name ?? label
      case 'login_code':
        return (await directory.find(label))?.displayName ?? label
      case 'device':
        return deviceOf(label)
      default:
        return label
    }
  }
  const toReviewedRemoval = async ({
    passkeyId,
    passkeyName,
    credentials,
  }: PasskeyRemoval): Promise<ReviewedRemoval> => {
    const reviewed: ReviewedCredential[] = []
    for (const credential of credentials) {
      const { kind, id, at } = credential
      reviewed.push({ kind, id, at, name: await findName(credential), state: await findState(credential) })
    }
    return { passkeyId, passkeyName, credentials: reviewed }
  }

  const withdrawCredential = async (
    { id: actorId, origin }: Actor,
    passkeyId: string,
    credential: CreatedCredential,
  ): Promise<void> => {
    const { kind, id, accountId, label } = credential
    const actor = { origin, ...(actorId !== accountId && { by: actorId }) }
    switch (kind) {
      case 'passkey':
        await passkeys.removeAsAdministrator(accountId, id, actor)
        break
      case 'api_key':
        return apiKeys.remove({ ownerId: accountId, origin, actorId }, id)
      case 'client_secret':
        return clientAdministration.removeSecret({ id: actorId, origin }, label ?? '', id)
      case 'login_code':
        return passkeyRemovals.withdrawLoginCode(passkeyId, id, actor)
      case 'device':
        break
    }
  }

  const findActive = async ({ origin }: Actor, removal: { accountId: string; passkeyId: string }) => {
    const details = await passkeyRemovals
      .find(removal.accountId, removal.passkeyId, { origin })
      .catch((error: unknown) => {
        // The removal of a passkey that no session used has ended no session.
        if (!(error instanceof PocketError) || error.code !== 'passkey_not_found') throw error
      })
    const active: CreatedCredential[] = []
    for (const credential of details?.credentials ?? [])
      if ((await findState(credential)) === 'active') active.push(credential)
    return active
  }

  return {
    async list({ origin }, accountId) {
      const removals: ReviewedRemoval[] = []
      for (const removal of await passkeyRemovals.list(accountId, { origin }))
        removals.push(await toReviewedRemoval(removal))
      return removals.filter(({ credentials }) => credentials.some(({ state }) => state === 'active'))
    },

    find: async ({ origin }, accountId, passkeyId) =>
      toReviewedRemoval(await passkeyRemovals.find(accountId, passkeyId, { origin })),

    withdraw: (actor, accountId, passkeyId) =>
      deps.transaction(async () => {
        await passkeyRemovals.lock(accountId, passkeyId)
        await passkeyRemovals.find(accountId, passkeyId)
        const queue = [{ accountId, passkeyId }]
        for (let next = queue.pop(); next; next = queue.pop()) {
          const active = await findActive(actor, next)
          for (const credential of active.toReversed()) {
            await withdrawCredential(actor, next.passkeyId, credential)
            if (credential.kind === 'passkey') queue.push({ accountId: credential.accountId, passkeyId: credential.id })
          }
          // Sessions that began with a login code have ended too, and may have created something.
          if (active.some(({ kind }) => kind === 'login_code')) queue.push(next)
        }
      }),
  }
}
