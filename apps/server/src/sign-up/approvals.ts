import { NotFoundError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { UserDetails } from '@pocket/directory'
import type { Actor } from '../access/actor.ts'
import { type ListRequest, offsetOf, type Page } from '../http/api/list.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { Approval } from './approval.table.ts'
import type { SignUpDeps } from './deps.ts'
import { endSignUpRequest } from './end-sign-up-request.ts'

/** A pending user, and the time of the sign-up (milliseconds since the Unix epoch). */
export interface WaitingUser {
  readonly user: UserDetails
  readonly requestedAt: number
  /** Whether the user needs approval and not only e-mail verification. */
  readonly awaitsAdministrator: boolean
}

/** Administration of pending sign-ups. Pending users are disabled. */
export interface Approvals {
  /** Oldest first. */
  list(): Promise<readonly WaitingUser[]>
  /** A page of users, oldest first. */
  page(request: Pick<ListRequest, 'page' | 'limit'>): Promise<Page<WaitingUser>>
  /**
   * Approves a user and notifies them, with an optional note.
   *
   * @throws {NotFoundError} `user_not_found` if no such user is pending
   */
  approve(actor: Actor, accountId: string, note: string | null): Promise<void>
  /** Deletes a pending user and notifies them if there is a note. @throws the same errors as `approve` */
  reject(actor: Actor, accountId: string, note: string | null): Promise<void>
}

export function createApprovals(deps: SignUpDeps & { readonly users: UserAdministration }): Approvals {
  const { database, directory, users, audit, transaction, mail } = deps
  const store = database.approvals
  const endRequest = async (accountId: string) => {
    const request = await endSignUpRequest(store, accountId)
    if (!request) throw new NotFoundError('user_not_found', 'No user with this ID waits for approval.')
    return request
  }
  const withUsers = async (requests: readonly Approval[]) => {
    const users = await Promise.all(requests.map(({ accountId }) => directory.users.find(accountId)))
    return requests.flatMap(({ requestedAt, awaitsAdministrator }, index) => {
      const user = users[index]
      // A user whom an administrator has enabled is no longer pending.
      return user?.disabled ? [{ user, requestedAt, awaitsAdministrator }] : []
    })
  }
  const decide = async (decision: () => Promise<void>) => {
    await transaction(decision)
    mail.delivery.trigger()
  }
  return {
    list: async () => withUsers(await store.list()),

    async page(request) {
      const requests = await store.list()
      const first = offsetOf(request, requests.length)
      return { items: await withUsers(requests.slice(first, first + request.limit)), total: requests.length }
    },

    approve: (actor, accountId, note) =>
      decide(async () => {
        const { returnPath } = await endRequest(accountId)
        const { before, user } = await directory.users.update(accountId, {}, { disabled: false })
        const changes = changesBetween({ disabled: before.disabled }, { disabled: user.disabled })
        await audit.record({ event: 'account_enabled', accountId, by: actor.id, ...changes }, actor.origin)
        await mail.notifyApproved(user, { note, returnPath })
      }),

    reject: (actor, accountId, note) =>
      decide(async () => {
        await endRequest(accountId)
        const user = await directory.users.find(accountId)
        await users.remove({ id: actor.id, origin: actor.origin }, accountId)
        // Queued last, because deleting the account also deletes its queued e-mails.
        if (user && note !== null) await mail.notifyRejected(user, note)
      }),
  }
}

export const maxNoteLength = 500

/** The administrator's note without control characters, or `null`. */
export function normalizeNote(text: string | undefined): string | null {
  return text?.replaceAll(/[^\P{Cc}\n]/gu, '').trim() || null
}
