import type { RequestOrigin } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import { changesBetween, noOrigin } from '@pocket/core/internal'
import type { EmailVerification } from '../email/verification.ts'
import type { SignUpDeps } from './deps.ts'

/** The lifetime of a link. Milliseconds. */
const lifetime = 24 * 60 * 60_000

/** Users who must verify their e-mail address after sign-up; until then they cannot sign in. */
export function createSignUpVerification(
  deps: Omit<SignUpDeps, 'mail' | 'signUpSettings'>,
  verification: Pick<EmailVerification, 'findAccountId' | 'finish'>,
) {
  const { database, directory, deleteUserData, audit, transaction, clock } = deps
  const store = database.approvals

  const find = async (token: string) => {
    const id = await verification.findAccountId(token)
    const waiting = id === undefined ? undefined : await store.find(id)
    if (!waiting?.awaitsVerification) return undefined
    const user = await directory.find(waiting.accountId)
    return user?.disabled ? { user, returnPath: waiting.returnPath } : undefined
  }

  return {
    /** The user of a verification link if verification is pending, and the path to continue with after approval. */
    find,

    /**
     * Uses the link. Resolves to whether the user may sign in; otherwise an administrator must approve them.
     *
     * @throws {InvalidInputError} `invalid_email_verification_token`
     */
    finish: (origin: RequestOrigin, token: string): Promise<boolean> =>
      transaction(async () => {
        const pending = await find(token)
        if (!pending) throw new InvalidInputError('invalid_email_verification_token', 'No sign-up waits for this link.')
        const { user } = pending
        await verification.finish({ id: user.id, origin }, token)
        await store.recordVerified(user.id)
        if (!(await store.removeComplete(user.id))) return false
        await directory.users.update(user.id, {}, { disabled: false })
        const changes = changesBetween({ disabled: true }, { disabled: false })
        await audit.record({ event: 'account_enabled', accountId: user.id, ...changes }, origin)
        return true
      }),

    /** Deletes users whose links have expired, so that their names become available. */
    async removeExpired(): Promise<void> {
      const expired = (await store.list()).filter(
        ({ awaitsVerification, requestedAt }) => awaitsVerification && requestedAt <= clock.now() - lifetime,
      )
      for (const { accountId } of expired)
        await transaction(async () => {
          const user = await directory.find(accountId)
          if (!(await store.remove(accountId)) || !user?.disabled) return
          await directory.users.remove(accountId)
          await deleteUserData(accountId)
          await audit.record({ event: 'account_removed', accountId }, noOrigin)
        })
    },
  }
}
