import { Misconfigured } from '../errors.ts'
import { withinTime } from '../within-time.ts'
import type { Account } from './account.ts'
import type { AccountStore } from './account-store.ts'

/** An account as a host has it: who it is, and whatever else is known. What is left out says nothing. */
export type HostAccount = Pick<Account, 'id' | 'userName'> & {
  readonly [Key in keyof Account]?: Account[Key] | undefined
}

/**
 * Where a host's people come from. One method is enough.
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
export function guardAccounts(host: HostAccounts, answerWithin: number): AccountStore {
  return {
    async find(id) {
      const given = await withinTime(() => host.find(id), answerWithin).catch((cause: unknown) => {
        throw broken('It threw, or did not answer in time.', 'failed', cause)
      })
      if (given === undefined || given === null) return undefined
      const problem = problemOf(given, id)
      if (problem) throw broken(problem.message, problem.code)
      const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      return { ...unknown, displayName: given.userName, ...known, id, userName: given.userName }
    },
  }
}

function problemOf(given: HostAccount, id: string): { code: string; message: string } | undefined {
  if (typeof given !== 'object') return { code: 'invalid', message: 'It answered with no account.' }
  if (given.id !== id) return { code: 'another_account', message: 'It answered with another account than asked for.' }
  if (typeof given.userName !== 'string') return { code: 'invalid', message: 'The account has no userName.' }
  const { groups = [] } = given
  const groupsFit =
    Array.isArray(groups) && groups.every((each) => typeof each?.id === 'string' && typeof each.name === 'string')
  return groupsFit ? undefined : { code: 'invalid', message: 'A group of the account has no id or no name.' }
}

function broken(message: string, code: string, cause?: unknown): Misconfigured {
  const option = 'stores.accounts'
  return new Misconfigured(`The account store breaks its contract. ${message}`, {
    cause,
    details: { option },
    fields: [{ field: option, code, message }],
  })
}
