import { ConfigurationError, PocketError } from '../errors.ts'
import { withTimeout } from '../within-time.ts'
import type { Account } from './account.ts'
import type { AccountListRequest, Accounts, NewAccount } from './accounts.ts'

/** An account of the host; all fields except `id` and `userName` are optional. */
export type HostAccount = Pick<Account, 'id' | 'userName'> & {
  readonly [Key in keyof Account]?: Account[Key] | undefined
}

/**
 * The accounts of the host. Only `find` is required; each further method enables a feature.
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
   * The account with this ID, or `undefined` if it does not exist. Return a disabled account as such: core rejects it
   * and audits the refusal. The call must finish within the option `limits.hookTimeout`.
   */
  find(id: string): Promise<HostAccount | undefined>
  /**
   * The account with this user name or e-mail address, as the user typed it. Required for `pocket.mailLoginCode`, for
   * users without a passkey at hand.
   */
  findByLogin?(login: string): Promise<HostAccount | undefined>
  /**
   * Creates an account for a user who has just created a passkey, with the given ID. Required for `pocket.signUp`. To
   * reject it, throw an error of `@pocket/core/errors`, such as `new ConflictError('already_in_use', 'The name is taken.')`.
   * It runs in the transaction that stores the passkey.
   */
  register?(account: NewAccount): Promise<HostAccount>
  /**
   * Returns up to `limit` accounts that follow the account with the ID `after`, in a stable order; fewer at the end of
   * the list. Required for `pocket.accounts.list`.
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

interface Field {
  readonly fits: (value: unknown) => boolean
  readonly has: string
}

const text: Field = { fits: (value) => typeof value === 'string', has: 'a text' }
const truth: Field = { fits: (value) => typeof value === 'boolean', has: 'true or false' }
const listOf = (keys: readonly string[]): Field => ({
  fits: (value) => Array.isArray(value) && value.every((each) => keys.every((key) => typeof each?.[key] === 'string')),
  has: `a list whose members have ${keys.join(' and ')}`,
})

/** The type of each field. */
const fields: { readonly [Key in keyof Required<Account>]: Field } = {
  id: { fits: (value) => typeof value === 'string' && value !== '', has: 'a text with something in it' },
  userName: text,
  displayName: text,
  givenName: text,
  familyName: text,
  email: text,
  emailVerified: truth,
  locale: text,
  zoneinfo: text,
  picture: text,
  disabled: truth,
  groups: listOf(['id', 'name']),
  customClaims: listOf(['key', 'value']),
  updatedAt: { fits: Number.isFinite, has: 'a number of milliseconds' },
  extra: { fits: (value) => typeof value === 'object', has: 'an object' },
}

/**
 * Validates the results of the host's account store: an invalid result throws one error that names the method, and no
 * user is signed in.
 *
 * @param hookTimeout - milliseconds
 */
export function guardAccounts(host: HostAccounts, hookTimeout: number): Accounts {
  const ask = <T>(method: keyof HostAccounts, answer: () => Promise<T>) =>
    withTimeout(answer, hookTimeout).catch((cause: unknown) => {
      if (method === 'register' && cause instanceof PocketError) throw cause
      throw broken(method, 'failed', 'It threw, or did not answer in time.', cause)
    })
  const checked = (method: keyof HostAccounts, given: HostAccount | undefined, id?: string): Account | undefined => {
    if (given === undefined || given === null) return undefined
    if (typeof given !== 'object') throw broken(method, 'invalid', 'It answered with no account.')
    const known = read(method, given)
    if (id !== undefined && known.id !== id)
      throw broken(method, 'another_account', 'It answered with another account than asked for.')
    for (const [name, { fits, has }] of Object.entries(fields))
      if (name in known && !fits(known[name]))
        throw broken(method, 'invalid', `The ${name} of the account is not ${has}.`)
    const { id: accountId, userName } = known
    if (typeof accountId !== 'string') throw broken(method, 'invalid', 'The account has no id.')
    if (typeof userName !== 'string') throw broken(method, 'invalid', 'The account has no userName.')
    return { ...unknown, displayName: userName, ...known, id: accountId, userName }
  }
  const unsupportedMethod = (method: keyof HostAccounts) => broken(method, 'not_offered', 'It has no such method.')

  return {
    supports: (method) => typeof host[method] === 'function',
    find: async (id) => checked('find', await ask('find', () => host.find(id)), id),

    async findByLogin(login) {
      if (!host.findByLogin) throw unsupportedMethod('findByLogin')
      const { findByLogin } = host
      return checked('findByLogin', await ask('findByLogin', () => findByLogin.call(host, login)))
    },

    async register(account) {
      if (!host.register) throw unsupportedMethod('register')
      const { register } = host
      const made = checked('register', await ask('register', () => register.call(host, account)), account.id)
      if (!made) throw broken('register', 'invalid', 'It answered with no account.')
      return made
    },

    async list(request) {
      if (!host.list) throw unsupportedMethod('list')
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

/** Reads the fields of an account. A class may define them as accessors, which a spread omits and which can throw. */
function read(method: keyof HostAccounts, given: HostAccount): Readonly<Record<string, unknown>> {
  try {
    const whole: Record<string, unknown> = { ...given }
    for (const name of Object.keys(fields) as (keyof Account)[]) whole[name] = given[name]
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined && value !== null))
  } catch (cause) {
    throw broken(method, 'failed', 'A field of the account threw when it was read.', cause)
  }
}

function broken(method: keyof HostAccounts, code: string, message: string, cause?: unknown): ConfigurationError {
  const option = method === 'find' ? 'accounts' : `accounts.${method}`
  return new ConfigurationError(`The account store breaks its contract (${method}). ${message}`, {
    cause,
    details: { option },
    fields: [{ field: option, code, message }],
  })
}
