import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import { nameProblem, normalName } from '../names.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyOverview, PasskeyStore, PasskeySummary, PasskeysHad } from './passkey-store.ts'

const longestName = 50

/** A passkey as it was called, and as it is called now. */
export interface PasskeyRenaming {
  readonly before: Passkey
  readonly after: Passkey
}

/** What owners do with their passkeys, and administrators with those of others. */
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
  /** @throws {InvalidInput} `validation_failed`, field `name` (1–50 characters) @throws {NotFound} `passkey_not_found` */
  rename(accountId: string, id: string, name: string): Promise<PasskeyRenaming>
  /**
   * Returns what was removed.
   *
   * @throws {Conflict} `last_passkey`: nobody locks themselves out by accident @throws {NotFound} `passkey_not_found`
   */
  remove(accountId: string, id: string): Promise<Passkey>
  /** The same for an administrator, who may take the last one: it may be lost or stolen. @throws {NotFound} `passkey_not_found` */
  removeEvenLast(accountId: string, id: string): Promise<Passkey>
}

export function createPasskeyManagement(store: PasskeyStore): PasskeyManagement {
  const existing = async (accountId: string, id: string): Promise<Passkey> => {
    const found = (await store.listByAccount(accountId)).find((passkey) => passkey.id === id)
    if (!found) throw notFound()
    return found
  }
  return {
    list: (accountId) => store.listByAccount(accountId),

    page: (after, limit) => store.page(after, limit),
    summarize: (accountIds) => store.summarize(accountIds),
    overview: () => store.overview(),
    accountIds: (having) => store.accountIds(having),

    async rename(accountId, id, name) {
      const text = normalName(name)
      const problem = nameProblem(text, longestName)
      if (problem)
        throw new InvalidInput('validation_failed', 'The name is not valid.', {
          fields: [{ field: 'name', ...problem }],
        })
      const before = await existing(accountId, id)
      if (!(await store.rename(accountId, id, text))) throw notFound()
      return { before, after: { ...before, name: text } }
    },

    async remove(accountId, id) {
      const passkey = await existing(accountId, id)
      const outcome = await store.removeUnlessLast(accountId, id)
      if (outcome === 'missing') throw notFound()
      if (outcome === 'last') throw new Conflict('last_passkey', 'The last passkey of an account stays.')
      return passkey
    },

    async removeEvenLast(accountId, id) {
      const passkey = await existing(accountId, id)
      if (!(await store.remove(accountId, id))) throw notFound()
      return passkey
    },
  }
}

function notFound(): NotFound {
  return new NotFound('passkey_not_found', 'This account has no such passkey.')
}
