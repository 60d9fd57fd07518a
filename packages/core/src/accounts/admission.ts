import { Forbidden, Misconfigured } from '../errors.ts'
import { withinTime } from '../within-time.ts'
import type { Account } from './account.ts'

/** How somebody has just proven who they are. */
export type ProvenBy = 'passkey' | 'code' | 'device' | 'setup' | 'sign_up'

/**
 * Asked when somebody has proven who they are, and before anything follows from it. Whoever it refuses is not signed in, and
 * the refusal is audited (`sign_in_failed` with the code `sign_in_refused`). What happens after a sign-in, and after
 * everything else, comes to the audit sink.
 */
export type BeforeSignIn = (
  account: Account,
  signIn: { readonly method: ProvenBy },
) => undefined | { readonly refuse: string } | Promise<undefined | { readonly refuse: string }>

/** @throws {Forbidden} `sign_in_refused` @throws {Misconfigured} where the host's function fails */
export type Admit = (account: Account, method: ProvenBy) => Promise<void>

/** @param answerWithin - milliseconds */
export function createAdmission(ask: BeforeSignIn | undefined, answerWithin: number): Admit {
  return async (account, method) => {
    const details = { accountId: account.id }
    const answer = await withinTime(() => ask?.(account, { method }), answerWithin).catch((cause: unknown) => {
      const message = 'The option beforeSignIn threw, or did not answer in time.'
      const fields = [{ field: 'beforeSignIn', code: 'failed', message }]
      throw new Misconfigured(message, { cause, details: { ...details, option: 'beforeSignIn' }, fields })
    })
    if (answer) throw new Forbidden('sign_in_refused', answer.refuse, { details })
  }
}
