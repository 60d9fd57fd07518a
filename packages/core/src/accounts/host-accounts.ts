import { ConfigurationError } from '../errors.ts'
import { callHost } from '../host-rule.ts'
import type { Account } from './account.ts'
import type { AccountListRequest, Accounts, NewAccount } from './accounts.ts'

/** An account of the host; all fields except `id` and `userName` are optional. A numeric ID is used as text. */
export type HostAccount = Pick<Account, 'userName'> & {
  /** The permanent ID: the `sub` claim. */
  readonly id: string | number | bigint
} & {
  readonly [Key in Exclude<keyof Account, 'id' | 'userName'>]?: Account[Key] | undefined
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

const defaultFields = {
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

interface FieldRule {
  readonly isValid: (value: unknown) => boolean
  readonly expected: string
}

const string: FieldRule = { isValid: (value) => typeof value === 'string', expected: 'a string' }
const boolean: FieldRule = { isValid: (value) => typeof value === 'boolean', expected: 'true or false' }
const listOf = (keys: readonly string[]): FieldRule => ({
  isValid: (value) =>
    Array.isArray(value) && value.every((item) => keys.every((key) => typeof item?.[key] === 'string')),
  expected: `a list of objects with ${keys.join(' and ')}`,
})

const fields: { readonly [Key in keyof Required<Account>]: FieldRule } = {
  id: { isValid: (value) => typeof value === 'string' && value !== '', expected: 'a non-empty string' },
  userName: string,
  displayName: string,
  givenName: string,
  familyName: string,
  email: string,
  emailVerified: boolean,
  locale: string,
  zoneinfo: string,
  picture: string,
  disabled: boolean,
  groups: listOf(['id', 'name']),
  customClaims: listOf(['key', 'value']),
  updatedAt: { isValid: Number.isFinite, expected: 'a number of milliseconds' },
  extra: { isValid: (value) => typeof value === 'object', expected: 'an object' },
}
const fieldRules = Object.entries(fields)
const fieldNames = Object.keys(fields)

/**
 * Validates the results of the host's account store: an invalid result throws one error that names the method, and no
 * user is signed in.
 *
 * @param hookTimeout - milliseconds
 */
export function guardAccounts(host: HostAccounts, hookTimeout: number): Accounts {
  const call = <T>(method: keyof HostAccounts, run: () => Promise<T>) =>
    callHost({ option: `accounts.${method}`, run, hookTimeout, canReject: method === 'register' })
  const validateAccount = (
    method: keyof HostAccounts,
    hostAccount: HostAccount | undefined,
    id?: string,
  ): Account | undefined => {
    if (hostAccount === undefined || hostAccount === null) return undefined
    if (typeof hostAccount !== 'object') throw contractError(method, 'invalid', 'It did not return an account.')
    const values = readFields(method, hostAccount)
    if (id !== undefined && values.id !== id)
      throw contractError(method, 'another_account', 'It returned another account than requested.')
    for (const [name, { isValid, expected }] of fieldRules)
      if (name in values && !isValid(values[name]))
        throw contractError(method, 'invalid', `The ${name} of the account is not ${expected}.`)
    const { id: accountId, userName } = values
    if (typeof accountId !== 'string') throw contractError(method, 'invalid', 'The account has no id.')
    if (typeof userName !== 'string') throw contractError(method, 'invalid', 'The account has no userName.')
    return { ...defaultFields, displayName: userName, ...values, id: accountId, userName }
  }
  const unsupportedMethod = (method: keyof HostAccounts) =>
    contractError(method, 'not_offered', 'The method is not implemented.')

  return {
    supports: (method) => typeof host[method] === 'function',
    find: async (id) => validateAccount('find', await call('find', () => host.find(id)), id),

    async findByLogin(login) {
      if (!host.findByLogin) throw unsupportedMethod('findByLogin')
      const { findByLogin } = host
      return validateAccount('findByLogin', await call('findByLogin', () => findByLogin.call(host, login)))
    },

    async register(account) {
      if (!host.register) throw unsupportedMethod('register')
      const { register } = host
      const registered = validateAccount(
        'register',
        await call('register', () => register.call(host, account)),
        account.id,
      )
      if (!registered) throw contractError('register', 'invalid', 'It did not return an account.')
      return registered
    },

    async list(request) {
      if (!host.list) throw unsupportedMethod('list')
      const { list } = host
      const results: unknown = await call('list', () => list.call(host, request))
      if (!Array.isArray(results)) throw contractError('list', 'invalid', 'It did not return a list.')
      if (results.length > request.limit)
        throw contractError('list', 'invalid', 'It returned more accounts than requested.')
      return results.map((hostAccount: HostAccount) => {
        const account = validateAccount('list', hostAccount)
        if (!account) throw contractError('list', 'invalid', 'The list contains an entry that is not an account.')
        return account
      })
    },
  }
}

/** Reads the fields of an account. A class may define them as accessors, which a spread omits and which can throw. */
function readFields(method: keyof HostAccounts, hostAccount: HostAccount): Readonly<Record<string, unknown>> {
  try {
    const values: Record<string, unknown> = {}
    for (const name of new Set([...fieldNames, ...Object.keys(hostAccount)])) {
      const value: unknown = Reflect.get(hostAccount, name)
      if (value !== undefined && value !== null) values[name] = value
    }
    if (typeof values.id === 'number' || typeof values.id === 'bigint') values.id = String(values.id)
    return values
  } catch (cause) {
    throw contractError(method, 'failed', 'A field of the account threw when it was read.', cause)
  }
}

function contractError(method: keyof HostAccounts, code: string, message: string, cause?: unknown): ConfigurationError {
  const option = `accounts.${method}`
  return new ConfigurationError(`The account store violates its contract (${method}). ${message}`, {
    cause,
    details: { option },
    fields: [{ field: option, code, message }],
  })
}
