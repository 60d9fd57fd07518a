import { type AuditSink, changesBetween, type Transaction } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import type { Directory, User, UserDetails } from '@pocket/directory'
import type { Actor } from '../users/actor.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { ApprovalStore } from './approval-store.ts'

/** Somebody who waits, and since when (milliseconds since the Unix epoch). */
export interface WaitingUser {
  readonly user: UserDetails
  readonly requestedAt: number
}

/** What administrators do with those who have signed up and wait. Until then they are disabled. */
export interface Approvals {
  /** Whoever waits longest comes first. */
  list(): Promise<readonly WaitingUser[]>
  /** Lets somebody in, and tells them. @throws {NotFound} `user_not_found` where nobody of this id waits */
  approve(actor: Actor, accountId: string): Promise<void>
  /** Removes somebody who waits. @throws as `approve` */
  reject(actor: Actor, accountId: string): Promise<void>
}

export interface ApprovalPorts {
  readonly store: ApprovalStore
  readonly directory: Pick<Directory, 'users'>
  readonly users: Pick<UserAdministration, 'remove'>
  readonly audit: AuditSink
  readonly transaction: Transaction
  /** Leaves an e-mail for whoever has been let in. */
  readonly tell: (user: User) => Promise<void>
}

export function createApprovals({ store, directory, users, audit, transaction, tell }: ApprovalPorts): Approvals {
  const take = async (accountId: string) => {
    if (!(await store.remove(accountId))) throw new NotFound('user_not_found', 'Nobody of this id waits for approval.')
  }
  return {
    async list() {
      const waiting = await store.list()
      const found = await Promise.all(waiting.map(({ accountId }) => directory.users.find(accountId)))
      return waiting.flatMap(({ requestedAt }, index) => {
        const user = found[index]
        // Somebody who was turned on by hand waits no more.
        return user?.disabled ? [{ user, requestedAt }] : []
      })
    },

    approve: (actor, accountId) =>
      transaction(async () => {
        await take(accountId)
        const { before, user } = await directory.users.update(accountId, {}, { disabled: false })
        const changes = changesBetween({ disabled: before.disabled }, { disabled: user.disabled })
        await audit.record({ event: 'account_enabled', accountId, by: actor.id, ...changes }, actor.origin)
        await tell(user)
      }),

    reject: (actor, accountId) =>
      transaction(async () => {
        await take(accountId)
        await users.remove({ id: actor.id, origin: actor.origin }, accountId)
      }),
  }
}
