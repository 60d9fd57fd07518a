import { randomUUID } from 'node:crypto'
import { InvalidInputError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { GroupWithClaims } from '@pocket/directory'
import type { Actor } from '../access/actor.ts'
import type { ListRequest, Page } from '../http/api/list.ts'
import type { SignUpDeps } from './deps.ts'
import { generateSignupToken, hashSignupToken, type SignupToken } from './signup-token.ts'

export interface NewSignupToken {
  /** Milliseconds. */
  readonly lifetime: number
  readonly usageLimit: number
  readonly groupIds: readonly string[]
  /** The e-mail address that the link is sent to. */
  readonly recipient?: string | null
}

/** A token with its groups that still exist. */
export interface SignupTokenItem extends SignupToken {
  readonly groups: readonly GroupWithClaims[]
  /** In plain text; empty if no longer readable. */
  readonly token: string
}

export interface SignupTokens {
  /** @throws {InvalidInputError} `validation_failed` */
  create(actor: Actor, newToken: NewSignupToken): Promise<{ readonly item: SignupTokenItem; readonly token: string }>
  find(id: string): Promise<SignupToken | undefined>
  /** Tokens that have not expired. The search term is a token or its link. */
  list(request: ListRequest): Promise<Page<SignupTokenItem>>
  /** Succeeds if the token does not exist. */
  remove(actor: Actor, id: string): Promise<void>
}

export const signupTokenPurpose = 'signup token'

export function createSignupTokens(deps: SignUpDeps): SignupTokens {
  const { pocket, database, directory, mail, audit, transaction, clock } = deps
  const { signupTokens: store, masterKey } = database
  return {
    async create(actor, { lifetime, usageLimit, groupIds, recipient = null }) {
      const groups = await directory.groups.list(groupIds)
      assertGroupsExist(groupIds, groups)
      const token = generateSignupToken()
      const createdAt = clock.now()
      const stored: SignupToken = {
        id: randomUUID(),
        tokenHash: hashSignupToken(token),
        sealedToken: masterKey.encrypt(signupTokenPurpose, token),
        groupIds: groups.map(({ id }) => id),
        usageLimit,
        usageCount: 0,
        expiresAt: createdAt + lifetime,
        createdAt,
      }
      await transaction(async () => {
        await store.insert(stored)
        const changes = changesBetween(null, toAuditFields(stored, groups))
        const created = { signupTokenId: stored.id, by: actor.id, ...changes }
        await audit.record({ event: 'signup_token_created', ...created }, actor.origin)
        if (recipient === null) return
        const message = {
          kind: 'invitation',
          // The page enters the e-mail address. A fragment is not sent to servers, so no log contains it.
          link: `${pocket.issuer}/st/${token}#${new URLSearchParams({ email: recipient })}`,
          expiresAt: stored.expiresAt,
        } as const
        const to = { id: null, email: recipient, locale: null }
        await mail.outbox.queue({ to, message, expiresAt: stored.expiresAt })
      })
      if (recipient !== null) mail.delivery.trigger()
      return { item: { ...stored, groups, token }, token }
    },

    find: (id) => store.find(id),

    async list(request) {
      const search = request.search === '' ? '' : hashSignupToken(request.search.split('/').at(-1) ?? '')
      const { items, total } = await store.list({ ...request, search }, clock.now())
      const knownGroups = await directory.groups.list([...new Set(items.flatMap(({ groupIds }) => groupIds))])
      const groupsOf = ({ groupIds }: SignupToken) => knownGroups.filter(({ id }) => groupIds.includes(id))
      const tokenOf = ({ sealedToken }: SignupToken) =>
        sealedToken === null ? '' : masterKey.decrypt(signupTokenPurpose, sealedToken)
      return { total, items: items.map((item) => ({ ...item, groups: groupsOf(item), token: tokenOf(item) })) }
    },

    remove: (actor, id) =>
      transaction(async () => {
        const before = await store.find(id)
        if (!before || !(await store.remove(id))) return
        const changes = changesBetween(toAuditFields(before, await directory.groups.list(before.groupIds)), null)
        await audit.record({ event: 'signup_token_removed', signupTokenId: id, by: actor.id, ...changes }, actor.origin)
      }),
  }
}

/** The token data for the audit log, without anything that grants access. */
function toAuditFields({ usageLimit, expiresAt }: SignupToken, groups: readonly GroupWithClaims[]): object {
  return { usageLimit, expiresAt: new Date(expiresAt).toISOString(), groups: groups.map(({ name }) => name) }
}

/** Silently dropping a group would give new users fewer permissions than intended. */
function assertGroupsExist(ids: readonly string[], groups: readonly GroupWithClaims[]): void {
  if (ids.every((id) => groups.some((group) => group.id === id))) return
  throw new InvalidInputError('validation_failed', 'UserGroupIds contains an unknown group', {
    fields: [{ field: 'userGroupIds', code: 'invalid_format', message: 'contains an unknown group' }],
  })
}
