import { type Actor, noOrigin } from '../audit/audit-sink.ts'
import { changesBetween } from '../audit/changes.ts'
import type { CoreContext } from '../context.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts'
import { nameProblem, normalizeName } from '../names.ts'
import { policyProblems } from './compliance.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyFilter, PasskeyOverview, PasskeySummary } from './passkey-store.ts'
import { isUsableAt } from './rp-id.ts'

const maxNameLength = 50

/** A passkey before and after it was renamed. */
export interface PasskeyRenaming {
  readonly before: Passkey
  readonly after: Passkey
}

/** Passkey management by owners and administrators. Records each change in the audit log. */
export interface PasskeyManagement {
  /** Oldest first. */
  list(accountId: string): Promise<readonly Passkey[]>
  /** At most `limit` passkeys of all accounts with IDs after `after`, sorted by ID. */
  page(after: string, limit: number): Promise<readonly Passkey[]>
  /** The summaries of those accounts that have passkeys, read with one statement. */
  summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]>
  overview(): Promise<PasskeyOverview>
  /** The accounts with usable passkeys, optionally filtered. */
  accountIds(filter?: PasskeyFilter): Promise<readonly string[]>
  /** The number of passkeys with which the account can sign in: without those that are bound to another host name. */
  countUsable(accountId: string): Promise<number>
  /**
   * @throws {InvalidInputError} `validation_failed`, field `name` (1–50 characters) @throws {NotFoundError} `passkey_not_found`
   * @throws {ForbiddenError} `forbidden` if `hooks.before.renamePasskey` refuses
   */
  rename(accountId: string, id: string, name: string, actor?: Actor): Promise<PasskeyRenaming>
  /**
   * Removes a passkey and returns it. Ends every session that used the passkey, and the sessions and applications derived from
   * them: through passkeys registered in them, or approvals given in them. The session of `actor.origin` remains if its last
   * authentication used another passkey.
   *
   * @throws {ConflictError} `last_passkey`, also for the last one that the policy accepts, so that users do not lock themselves out
   * @throws {NotFoundError} `passkey_not_found`
   * @throws {ForbiddenError} `forbidden` if `hooks.before.removePasskey` refuses
   */
  remove(accountId: string, id: string, actor?: Actor): Promise<Passkey>
  /**
   * Like `remove`, but for administrators, who may remove a lost or stolen last passkey. @throws {NotFoundError} `passkey_not_found`
   */
  removeAsAdministrator(accountId: string, id: string, actor?: Actor): Promise<Passkey>
}

/** The removed passkey and the session that removes it. */
export interface PasskeyRemovalStart {
  readonly accountId: string
  readonly removedPasskeyId: string
  readonly ownSessionUid: string | null | undefined
}

/**
 * Runs the removal in a transaction that locks the account against sign-ins and passkey registrations, and ends the sessions
 * derived from the passkey.
 */
type RunRemoval = <T>(removal: PasskeyRemovalStart, remove: () => Promise<T>) => Promise<T>

export function createPasskeyManagement(
  { stores, issuer, passkeyPolicy: readPolicy, countPasskeys, audited: runHook, audit }: CoreContext,
  runRemoval: RunRemoval,
): PasskeyManagement {
  const { passkeys: store, transaction } = stores
  const getPasskey = async (accountId: string, id: string): Promise<Passkey> => {
    const found = (await store.listByAccount(accountId)).find((passkey) => passkey.id === id)
    if (!found) throw notFound()
    return found
  }
  /** The passkeys that are bound to another host name, or that the policy currently rejects for sign-in. */
  const rejectedPasskeyIds = async (accountId: string): Promise<readonly string[]> => {
    const policy = await readPolicy()
    const isRejected = (passkey: Passkey) =>
      !isUsableAt(issuer)(passkey) || (policy.nonCompliance === 'require' && policyProblems(passkey, policy).length > 0)
    return (await store.listByAccount(accountId)).filter(isRejected).map(({ id }) => id)
  }
  const recordRemoval = (passkey: Passkey, { origin = noOrigin, by }: Actor) => {
    const { accountId, id: passkeyId, credentialId, name } = passkey
    const fields = { accountId, passkeyId, credentialId, passkeyName: name, ...(by && { by }) }
    return audit.record({ event: 'passkey_removed', ...fields, ...changesBetween({ name }, null) }, origin)
  }
  const remove = (accountId: string, id: string, actor: Actor, removeStored: () => Promise<void>) =>
    runRemoval({ accountId, removedPasskeyId: id, ownSessionUid: actor.origin?.sessionUid }, async () => {
      const passkey = await getPasskey(accountId, id)
      await removeStored()
      await recordRemoval(passkey, actor)
      return passkey
    })
  return {
    list: (accountId) => store.listByAccount(accountId),

    page: (after, limit) => store.page(after, limit),
    summarize: (accountIds) => store.summarize(accountIds),
    overview: () => store.overview(),
    accountIds: (filter) => store.accountIds(filter, issuer.hostname),
    countUsable: countPasskeys,

    async rename(accountId, id, name, { origin = noOrigin } = {}) {
      const text = normalizeName(name)
      const problem = nameProblem(text, maxNameLength)
      if (problem)
        throw new InvalidInputError('validation_failed', 'The name is not valid.', {
          fields: [{ field: 'name', ...problem }],
        })
      const before = await getPasskey(accountId, id)
      await runHook('renamePasskey', { accountId, passkey: before, name: text }, { at: 'passkeys.rename', origin })
      const after = { ...before, name: text }
      return transaction(async () => {
        if (!(await store.rename(accountId, id, text))) throw notFound()
        const changes = changesBetween({ name: before.name }, { name: text })
        await audit.record({ event: 'passkey_renamed', accountId, passkeyId: id, ...changes }, origin)
        return { before, after }
      })
    },

    async remove(accountId, id, actor = {}) {
      const passkey = await getPasskey(accountId, id)
      await runHook('removePasskey', { accountId, passkey }, { at: 'passkeys.remove', origin: actor.origin })
      return remove(accountId, id, actor, async () => {
        const outcome = await store.removeUnlessLast(accountId, id, await rejectedPasskeyIds(accountId))
        if (outcome === 'missing') throw notFound()
        if (outcome === 'last')
          throw new ConflictError('last_passkey', 'The last passkey of an account cannot be removed.')
      })
    },

    removeAsAdministrator: (accountId, id, actor = {}) =>
      remove(accountId, id, actor, async () => {
        if (!(await store.remove(accountId, id))) throw notFound()
      }),
  }
}

function notFound(): NotFoundError {
  return new NotFoundError('passkey_not_found', 'This account has no such passkey.')
}
