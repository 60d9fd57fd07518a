import { randomUUID } from 'node:crypto'
import { type AuditSink, type Clock, changesBetween, type MasterKey, type Transaction } from '@pocket/core'
import { InvalidInput } from '@pocket/core/errors'
import type { Directory, GroupWithClaims } from '@pocket/directory'
import type { ListRequest, Page } from '../http/api/list.ts'
import type { Actor } from '../users/actor.ts'
import { hashSignupToken, mintSignupToken, type SignupToken } from './signup-token.ts'
import type { SignupTokenStore } from './signup-token-store.ts'

export interface NewSignupToken {
  /** Milliseconds. */
  readonly lifetime: number
  readonly usageLimit: number
  readonly groupIds: readonly string[]
}

/** A token with its groups, as far as there are any left. */
export interface SignupTokenItem extends SignupToken {
  readonly groups: readonly GroupWithClaims[]
  /** In clear; empty where it is not known any more. */
  readonly token: string
}

/** The tokens that administrators hand to strangers. */
export interface SignupTokens {
  /** @throws {InvalidInput} `validation_failed` */
  create(actor: Actor, wanted: NewSignupToken): Promise<{ readonly item: SignupTokenItem; readonly token: string }>
  find(id: string): Promise<SignupToken | undefined>
  /** Those that have not expired. What is searched is one of them, or its link. */
  list(request: ListRequest): Promise<Page<SignupTokenItem>>
  /** A token that is not there is as good as removed. */
  remove(actor: Actor, id: string): Promise<void>
}

export interface SignupTokenPorts {
  readonly store: SignupTokenStore
  readonly directory: Pick<Directory, 'groups'>
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly masterKey: MasterKey
  readonly clock: Clock
}

const use = 'signup token'

export function createSignupTokens(ports: SignupTokenPorts): SignupTokens {
  const { store, directory, audit, transaction, masterKey, clock } = ports
  return {
    async create(actor, { lifetime, usageLimit, groupIds }) {
      const groups = await directory.groups.list(groupIds)
      assertKnown(groupIds, groups)
      const token = mintSignupToken()
      const createdAt = clock.now()
      const stored: SignupToken = {
        id: randomUUID(),
        tokenHash: hashSignupToken(token),
        sealedToken: masterKey.encrypt(use, token),
        groupIds: groups.map(({ id }) => id),
        usageLimit,
        usageCount: 0,
        expiresAt: createdAt + lifetime,
        createdAt,
      }
      await transaction(async () => {
        await store.insert(stored)
        const changes = changesBetween(null, described(stored, groups))
        const created = { signupTokenId: stored.id, by: actor.id, ...changes }
        await audit.record({ event: 'signup_token_created', ...created }, actor.origin)
      })
      return { item: { ...stored, groups, token }, token }
    },

    find: (id) => store.find(id),

    async list(request) {
      const search = request.search === '' ? '' : hashSignupToken(request.search.split('/').at(-1) ?? '')
      const { items, total } = await store.list({ ...request, search }, clock.now())
      const known = await directory.groups.list([...new Set(items.flatMap(({ groupIds }) => groupIds))])
      const groupsOf = ({ groupIds }: SignupToken) => known.filter(({ id }) => groupIds.includes(id))
      const tokenOf = ({ sealedToken }: SignupToken) =>
        sealedToken === null ? '' : masterKey.decrypt(use, sealedToken)
      return { total, items: items.map((item) => ({ ...item, groups: groupsOf(item), token: tokenOf(item) })) }
    },

    remove: (actor, id) =>
      transaction(async () => {
        const before = await store.find(id)
        if (!before || !(await store.remove(id))) return
        const changes = changesBetween(described(before, await directory.groups.list(before.groupIds)), null)
        await audit.record({ event: 'signup_token_removed', signupTokenId: id, by: actor.id, ...changes }, actor.origin)
      }),
  }
}

/** What the audit log says of a token: nothing that could be tried. */
function described({ usageLimit, expiresAt }: SignupToken, groups: readonly GroupWithClaims[]): object {
  return { usageLimit, expiresAt: new Date(expiresAt).toISOString(), groups: groups.map(({ name }) => name) }
}

/** A group that is left out in silence would let people in with fewer rights than somebody meant. */
function assertKnown(ids: readonly string[], groups: readonly GroupWithClaims[]): void {
  if (ids.every((id) => groups.some((group) => group.id === id))) return
  throw new InvalidInput('validation_failed', 'UserGroupIds has a group that is not there', {
    fields: [{ field: 'userGroupIds', code: 'invalid_format', message: 'has a group that is not there' }],
  })
}
