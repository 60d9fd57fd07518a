import { type AuditSink, changesBetween, type Transaction } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import type { Directory, User, UserDetails } from '@pocket/directory'
import type { Actor } from '../users/actor.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { ApprovalStore } from './approval-store.ts'
import { endSignUpRequest } from './end-waiting.ts'

/** Somebody who waits, and since when (milliseconds since the Unix epoch). */
export interface WaitingUser {
  readonly user: UserDetails
  readonly requestedAt: number
  /** Whether they wait for an administrator, and not for their e-mail address to be verified alone. */
  readonly awaitsAdministrator: boolean
}

/** What administrators do with those who have signed up and wait. Until then they are disabled. */
export interface Approvals {
  /** Whoever waits longest comes first. */
  list(): Promise<readonly WaitingUser[]>
  /**
   * Lets somebody in, and tells them, with a note where there is one.
   *
   * @throws {NotFound} `user_not_found` where nobody of this id waits
   */
  approve(actor: Actor, accountId: string, note: string | null): Promise<void>
  /** Removes somebody who waits, and tells them where there is something to say. @throws as `approve` */
  reject(actor: Actor, accountId: string, note: string | null): Promise<void>
}

export interface ApprovalPorts {
  readonly store: ApprovalStore
  readonly directory: Pick<Directory, 'users'>
  readonly users: Pick<UserAdministration, 'remove'>
  readonly audit: AuditSink
  readonly transaction: Transaction
  /** Leaves e-mails for whoever has been let in, or has not been and is gone. */
  readonly mail: {
    readonly approved: (
      user: User,
      words: { readonly note: string | null; readonly wayBack: string | null },
    ) => Promise<void>
    readonly refused: (user: User, note: string) => Promise<void>
    readonly delivery: { readonly soon: () => void }
  }
}

export function createApprovals({ store, directory, users, audit, transaction, mail }: ApprovalPorts): Approvals {
  const take = async (accountId: string) => {
    const waited = await endSignUpRequest(store, accountId)
    if (!waited) throw new NotFound('user_not_found', 'Nobody of this id waits for approval.')
    return waited
  }
  const decide = async (decision: () => Promise<void>) => {
    await transaction(decision)
    mail.delivery.soon()
  }
  return {
    async list() {
      const waiting = await store.list()
      const found = await Promise.all(waiting.map(({ accountId }) => directory.users.find(accountId)))
      return waiting.flatMap(({ requestedAt, awaitsAdministrator }, index) => {
        const user = found[index]
        // Somebody who was turned on by hand waits no more.
        return user?.disabled ? [{ user, requestedAt, awaitsAdministrator }] : []
      })
    },

    approve: (actor, accountId, note) =>
      decide(async () => {
        const { wayBack } = await take(accountId)
        const { before, user } = await directory.users.update(accountId, {}, { disabled: false })
        const changes = changesBetween({ disabled: before.disabled }, { disabled: user.disabled })
        await audit.record({ event: 'account_enabled', accountId, by: actor.id, ...changes }, actor.origin)
        await mail.approved(user, { note, wayBack })
      }),

    reject: (actor, accountId, note) =>
      decide(async () => {
        await take(accountId)
        const user = await directory.users.find(accountId)
        await users.remove({ id: actor.id, origin: actor.origin }, accountId)
        // Afterwards, since e-mails to the account go with it.
        if (user && note !== null) await mail.refused(user, note)
      }),
  }
}

/** Characters. */
export const maxNoteLength = 500

/** What an administrator has to say, or nothing; without what no e-mail can show. */
export function noteOf(text: string | undefined): string | null {
  return text?.replaceAll(/[^\P{Cc}\n]/gu, '').trim() || null
}
