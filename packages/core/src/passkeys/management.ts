import { type ActingParty, type AuditSink, noOrigin } from '../audit/audit-sink.ts'
import { changesBetween } from '../audit/changes.ts'
import type { Clock } from '../clock.ts'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { AuditedHook } from '../hooks.ts'
import { nameProblem, normalName } from '../names.ts'
import type { Transaction } from '../transaction.ts'
import { policyProblems, rejectsNonCompliant } from './compliance.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyOverview, PasskeyStore, PasskeySummary, PasskeysHad } from './passkey-store.ts'
import type { ReadPasskeyPolicy } from './policy.ts'

const maxNameLength = 50

/** A passkey as it was called, and as it is called now. */
export interface PasskeyRenaming {
  readonly before: Passkey
  readonly after: Passkey
}

/** What owners do with their passkeys, and administrators with those of others; what changes is in the audit log. */
export interface PasskeyManagement {
  /** The oldest first. */
  list(accountId: string): Promise<readonly Passkey[]>
  /** At most `limit` passkeys of everybody, in the order of their ids, from after that of `after`. */
  page(after: string, limit: number): Promise<readonly Passkey[]>
  /** What those of these accounts have that have any; one statement. */
  summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]>
  overview(): Promise<PasskeyOverview>
  /** Every account with a passkey, or with these passkeys alone. */
  accountIds(having?: PasskeysHad): Promise<readonly string[]>
  /**
   * @throws {InvalidInput} `validation_failed`, field `name` (1–50 characters) @throws {NotFound} `passkey_not_found`
   * @throws {Forbidden} `forbidden` where `before.renamePasskey` refuses
   */
  rename(accountId: string, id: string, name: string, party?: ActingParty): Promise<PasskeyRenaming>
  /**
   * Returns what was removed. It ends every session in which the passkey was used, and what came of them: sessions of passkeys that
   * were registered in them, sessions and applications that were approved in them. The session of `party.origin` stays where
   * another passkey was the last one used in it.
   *
   * @throws {Conflict} `last_passkey`, also for the last one that the policy accepts: nobody locks themselves out by accident @throws {NotFound} `passkey_not_found`
   * @throws {Forbidden} `forbidden` where `before.removePasskey` refuses
   */
  remove(accountId: string, id: string, party?: ActingParty): Promise<Passkey>
  /** The same for an administrator, who may take the last one: it may be lost or stolen. @throws {NotFound} `passkey_not_found` */
  removeEvenLast(accountId: string, id: string, party?: ActingParty): Promise<Passkey>
}

/** Which passkey is removed, and in which session. */
export interface PasskeyRemovalStart {
  readonly accountId: string
  readonly removalOf: string
  readonly ownSessionUid: string | null | undefined
}

export interface PasskeyManagementPorts {
  readonly store: PasskeyStore
  readonly policy: ReadPasskeyPolicy
  readonly clock: Clock
  readonly before: AuditedHook
  readonly audit: AuditSink
  readonly transaction: Transaction
  /**
   * Does the work in a transaction in which nobody signs in to the account or registers a passkey for it, and ends the sessions
   * that the passkey led to.
   */
  readonly removing: <T>(removal: PasskeyRemovalStart, remove: () => Promise<T>) => Promise<T>
}

export function createPasskeyManagement({
  store,
  policy: readPolicy,
  clock,
  before: ask,
  audit,
  transaction,
  removing,
}: PasskeyManagementPorts): PasskeyManagement {
  const existing = async (accountId: string, id: string): Promise<Passkey> => {
    const found = (await store.listByAccount(accountId)).find((passkey) => passkey.id === id)
    if (!found) throw notFound()
    return found
  }
  /** The passkeys that the policy refuses now: they let nobody in. */
  const refusedOf = async (accountId: string): Promise<readonly string[]> => {
    const policy = await readPolicy()
    if (!rejectsNonCompliant(policy, clock.now())) return []
    const own = await store.listByAccount(accountId)
    return own.filter((passkey) => policyProblems(passkey, policy).length > 0).map(({ id }) => id)
  }
  const recordRemoval = (passkey: Passkey, { origin = noOrigin, by }: ActingParty) => {
    const { accountId, id: passkeyId, credentialId, name } = passkey
    const removed = { accountId, passkeyId, credentialId, passkeyName: name, ...(by && { by }) }
    return audit.record({ event: 'passkey_removed', ...removed, ...changesBetween({ name }, null) }, origin)
  }
  const remove = (accountId: string, id: string, party: ActingParty, removeStored: () => Promise<void>) =>
    removing({ accountId, removalOf: id, ownSessionUid: party.origin?.sessionUid }, async () => {
      const passkey = await existing(accountId, id)
      await removeStored()
      await recordRemoval(passkey, party)
      return passkey
    })
  return {
    list: (accountId) => store.listByAccount(accountId),

    page: (after, limit) => store.page(after, limit),
    summarize: (accountIds) => store.summarize(accountIds),
    overview: () => store.overview(),
    accountIds: (having) => store.accountIds(having),

    async rename(accountId, id, name, { origin = noOrigin } = {}) {
      const text = normalName(name)
      const problem = nameProblem(text, maxNameLength)
      if (problem)
        throw new InvalidInput('validation_failed', 'The name is not valid.', {
          fields: [{ field: 'name', ...problem }],
        })
      const before = await existing(accountId, id)
      await ask('renamePasskey', { accountId, passkey: before, name: text }, { at: 'passkeys.rename', origin })
      const after = { ...before, name: text }
      return transaction(async () => {
        if (!(await store.rename(accountId, id, text))) throw notFound()
        const changes = changesBetween({ name: before.name }, { name: text })
        await audit.record({ event: 'passkey_renamed', accountId, passkeyId: id, ...changes }, origin)
        return { before, after }
      })
    },

    async remove(accountId, id, party = {}) {
      const passkey = await existing(accountId, id)
      await ask('removePasskey', { accountId, passkey }, { at: 'passkeys.remove', origin: party.origin })
      return remove(accountId, id, party, async () => {
        const outcome = await store.removeUnlessLast(accountId, id, await refusedOf(accountId))
        if (outcome === 'missing') throw notFound()
        if (outcome === 'last') throw new Conflict('last_passkey', 'The last passkey of an account stays.')
      })
    },

    removeEvenLast: (accountId, id, party = {}) =>
      remove(accountId, id, party, async () => {
        if (!(await store.remove(accountId, id))) throw notFound()
      }),
  }
}

function notFound(): NotFound {
  return new NotFound('passkey_not_found', 'This account has no such passkey.')
}
