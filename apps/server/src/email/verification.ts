import { createHash, randomBytes } from 'node:crypto'
import { InvalidInputError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Actor } from '../access/actor.ts'
import type { EmailDeps } from './deps.ts'
import { addressOf } from './outbox.ts'

const lifetime = 24 * 60 * 60_000

export function createEmailVerification(deps: EmailDeps) {
  const { outbox, directory, audit, transaction, clock } = deps
  const store = deps.database.emailVerifications
  return {
    /** Sends a link that is valid for a day and replaces an earlier one. @throws {ConflictError} `user_email_not_set` */
    begin: (user: User): Promise<void> =>
      transaction(async () => {
        const email = addressOf(user)
        const token = randomBytes(16).toString('hex')
        const expiresAt = clock.now() + lifetime
        await store.put({ accountId: user.id, tokenHash: hashOf(token), email, expiresAt })
        const name = user.displayName
        await outbox.queue({ to: user, message: { kind: 'email-verification', name, token, expiresAt }, expiresAt })
      }),

    async findAccountId(token: string): Promise<string | undefined> {
      const verification = await store.find(hashOf(token))
      return verification && verification.expiresAt > clock.now() ? verification.accountId : undefined
    },

    /** Consumes the token. @throws {InvalidInputError} `invalid_email_verification_token` */
    async finish(actor: Actor, token: string): Promise<void> {
      const verified = await transaction(async () => {
        const verification = await store.consume(actor.id, hashOf(token))
        if (verification === undefined || verification.expiresAt <= clock.now()) return false
        const user = await directory.find(actor.id)
        if (user?.email !== verification.email) return false
        const { changed } = await directory.users.update(actor.id, {}, { emailVerified: true })
        if (changed.length === 0) return true
        const changes = changesBetween({ emailVerified: false }, { emailVerified: true })
        await audit.record({ event: 'account_updated', accountId: actor.id, fields: changed, ...changes }, actor.origin)
        return true
      })
      // Throws outside the transaction, so that the token stays consumed even if verification failed.
      if (!verified)
        throw new InvalidInputError(
          'invalid_email_verification_token',
          'The link is unknown, already used, expired or for another e-mail address.',
        )
    },
  }
}

export type EmailVerification = ReturnType<typeof createEmailVerification>

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
