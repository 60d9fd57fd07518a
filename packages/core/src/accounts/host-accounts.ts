import { Misconfigured, PocketError } from '../errors.ts'
import { withinTime } from '../within-time.ts'
import type { Account } from './account.ts'
import type { AccountListRequest, Accounts, NewAccount } from './accounts.ts'

/** An account as a host has it: who it is, and whatever else is known. What is left out says nothing. */
export type HostAccount = Pick<Account, 'id' | 'userName'> & {
  readonly [Key in keyof Account]?: Account[Key] | undefined
}

/**
 * Where a host's people come from. One method is enough; each further one is for what it says.
 *
 * @example
 * ```ts
 * const accounts: HostAccounts = {
 *   async find(id) {
 *     const row = await sql.get('SELECT id, name, mail, blocked FROM people WHERE id = ?', id)
 *     return row && { id: row.id, userName: row.name, email: row.mail, disabled: row.blocked === 1 }
 *   },
 * }
 * ```
 */
export interface HostAccounts {
  /**
   * The account with this id, or `undefined` where there is none. Return a disabled one as such: core refuses it, so that
   * the refusal is audited. It has as long as the option `answerWithin` says.
   */
  find(id: string): Promise<HostAccount | undefined>
  /**
   * The account that signs in with this name or address of e-mail, as somebody has typed it. For `pocket.mailLoginCode`:
   * people who have no passkey at hand.
   */
  findByLogin?(login: string): Promise<HostAccount | undefined>
  /**
   * Makes the account of somebody who has just made a passkey, with the id that is given. For `pocket.signUp`. Where that
   * cannot be, throw an error of `@pocket/core/errors`, such as `new Conflict('already_in_use', 'The name is taken.')`. It
   * is called in the transaction in which the passkey is stored.
   */
  register?(account: NewAccount): Promise<HostAccount>
  /**
   * At most `limit` accounts, those after the one with the id `after`, in an order that stays; fewer where there are no more.
   * For `pocket.accounts.list`.
   */
  list?(request: AccountListRequest): Promise<readonly HostAccount[]>
}

const unknown = {
  givenName: null,
  familyName: null,
  email: null,
  emailVerified: false,
  locale: null,
  picture: null,
  disabled: false,
  groups: [],
  updatedAt: null,
} as const satisfies Partial<Account>

/**
 * Holds a host's store to its word: whatever it does wrong ends in one error that names it, and nobody is signed in.
 *
 * @param answerWithin - milliseconds
 */
export function guardAccounts(host: HostAccounts, answerWithin: number): Accounts {
  const ask = <T>(method: keyof HostAccounts, answer: () => Promise<T>) =>
    withinTime(answer, answerWithin).catch((cause: unknown) => {
      if (method === 'register' && cause instanceof PocketError) throw cause
      throw broken(method, 'failed', 'It threw, or did not answer in time.', cause)
    })
  const checked = (method: keyof HostAccounts, given: HostAccount | undefined, id?: string): Account | undefined => {
    if (given === undefined || given === null) return undefined
    const problem = problemOf(given, id)
    if (problem) throw broken(method, problem.code, problem.message)
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    return { ...unknown, displayName: given.userName, ...known, id: given.id, userName: given.userName }
  }
  const notOffered = (method: keyof HostAccounts) => broken(method, 'not_offered', 'It has no such method.')

  return {
    can: (method) => typeof host[method] === 'function',
    find: async (id) => checked('find', await ask('find', () => host.find(id)), id),

    async findByLogin(login) {
      if (!host.findByLogin) throw notOffered('findByLogin')
      const { findByLogin } = host
      return checked('findByLogin', await ask('findByLogin', () => findByLogin.call(host, login)))
    },

    async register(account) {
      if (!host.register) throw notOffered('register')
      const { register } = host
      const made = checked('register', await ask('register', () => register.call(host, account)), account.id)
      if (!made) throw broken('register', 'invalid', 'It answered with no account.')
      return made
    },

    async list(request) {
      if (!host.list) throw notOffered('list')
      const { list } = host
      const listed: unknown = await ask('list', () => list.call(host, request))
      if (!Array.isArray(listed)) throw broken('list', 'invalid', 'It answered with no list.')
      if (listed.length > request.limit) throw broken('list', 'invalid', 'It answered with more than asked for.')
      return listed.map((given: HostAccount) => {
        const account = checked('list', given)
        if (!account) throw broken('list', 'invalid', 'There is nobody where an account has to be.')
        return account
      })
    },
  }
}

function problemOf(given: HostAccount, id: string | undefined): { code: string; message: string } | undefined {
  if (typeof given !== 'object') return { code: 'invalid', message: 'It answered with no account.' }
  if (id !== undefined && given.id !== id)
    return { code: 'another_account', message: 'It answered with another account than asked for.' }
  if (typeof given.id !== 'string' || given.id === '') return { code: 'invalid', message: 'The account has no id.' }
  if (typeof given.userName !== 'string') return { code: 'invalid', message: 'The account has no userName.' }
  const { groups = [] } = given
  const groupsFit =
    Array.isArray(groups) && groups.every((each) => typeof each?.id === 'string' && typeof each.name === 'string')
  return groupsFit ? undefined : { code: 'invalid', message: 'A group of the account has no id or no name.' }
}

function broken(method: keyof HostAccounts, code: string, message: string, cause?: unknown): Misconfigured {
  const option = method === 'find' ? 'stores.accounts' : `stores.accounts.${method}`
  return new Misconfigured(`The account store breaks its contract (${method}). ${message}`, {
    cause,
    details: { option },
    fields: [{ field: option, code, message }],
  })
}
