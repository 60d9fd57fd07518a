import {
  type AuditEvent,
  type AuditSink,
  changesBetween,
  type Passkey,
  type Pocket,
  type Transaction,
} from '@pocket/core'
import { Forbidden, NotFound } from '@pocket/core/errors'
import {
  type CustomClaim,
  type Directory,
  newUser,
  type User,
  type UserDetails,
  type UserUpdate,
} from '@pocket/directory'
import { assertUnchanged } from '../http/api/precondition.ts'
import type { Actor } from './actor.ts'
import { claimsByKey } from './claims-by-key.ts'
import { assertEmail, fieldsOf, rightsOf, type UserBody } from './user-body.ts'
import type { UserSettings } from './user-settings.ts'
import { userValidator } from './validators.ts'

export interface UserAdministrationPorts {
  readonly directory: Directory
  readonly pocket: Pick<Pocket, 'endAccess' | 'endAccessBy' | 'issueLoginCode' | 'passkeys'>
  readonly audit: AuditSink
  /** What is written in it, by the directory, by core and to the audit log, is kept together or not at all. */
  readonly transaction: Transaction
  /** Removes what others keep of a user who is being removed, within the transaction. */
  readonly forget: (userId: string) => Promise<void>
  /** Somebody may sign in again: what they have waited for counts no more. */
  readonly enabled: (user: User) => Promise<void>
  /** Sends what the last transaction has left to be sent. */
  readonly sendSoon: () => void
  readonly settings: () => Promise<UserSettings>
  /** Whether LDAP decides about the people who come from there. */
  readonly isLdapEnabled: () => Promise<boolean>
}

/** What administrators do with users, and users with themselves. What there is no user for ends with `user_not_found`. */
export interface UserAdministration {
  find(id: string): Promise<UserDetails>
  /** @throws {InvalidInput} `validation_failed` @throws {Conflict} `already_in_use` */
  create(actor: Actor, body: UserBody): Promise<UserDetails>
  /**
   * The body takes the place of what was there; of somebody who comes from LDAP, while that is enabled, the language alone,
   * as the contract has it.
   *
   * @throws as `create` @throws {Conflict} `last_administrator`
   */
  update(actor: Actor, id: string, body: UserBody): Promise<UserDetails>
  /** Disables, or lets in again, and leaves everything else as it is. @throws {Conflict} `last_administrator` */
  setDisabled(actor: Actor, id: string, disabled: boolean): Promise<UserDetails>
  /** Whether LDAP decides what this user is called. */
  isOwnedByLdap(user: Pick<User, 'ldapId'>): Promise<boolean>
  /** By hand, so that no import from LDAP undoes it. @throws {Conflict} `last_administrator` */
  setAdministrator(actor: Actor, id: string, administrator: boolean): Promise<UserDetails>
  /**
   * What people say of themselves: neither rights nor whether the e-mail address is verified. `assertCanChange` is told what
   * would change, before it is kept.
   *
   * @throws as `create`
   */
  updateOwn(actor: Actor, body: UserBody, assertCanChange?: (update: UserUpdate) => Promise<void>): Promise<UserDetails>
  /** The language in which people want to read, whatever else they may change; `null` for that of the browser. */
  setOwnLocale(actor: Actor, locale: string | null): Promise<UserDetails>
  /**
   * With sessions, tokens and everything else.
   *
   * @throws {Conflict} `last_administrator` @throws {Forbidden} `ldap_user_update` for somebody whom LDAP would bring back
   */
  remove(actor: Actor, id: string): Promise<void>
  /** Whether people may remove themselves just now. */
  canRemoveOwnAccount(): Promise<boolean>
  /** The same to oneself. @throws as `remove` @throws {Forbidden} `account_removal_disabled` where people may not */
  removeOwn(actor: Actor): Promise<void>
  setGroups(actor: Actor, id: string, groupIds: readonly string[]): Promise<UserDetails>
  /** @throws {InvalidInput} `reserved_claim`, `duplicate_claim`, `validation_failed` */
  setClaims(actor: Actor, id: string, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
  passkeys(id: string): Promise<readonly Passkey[]>
  /** @throws {NotFound} `passkey_not_found` */
  removePasskey(actor: Actor, id: string, passkeyId: string): Promise<void>
  /** A login code. `lifetime` in milliseconds. @throws {Forbidden} `account_disabled` */
  issueCode(actor: Actor, id: string, lifetime: number): Promise<string>
}

export function createUserAdministration(ports: UserAdministrationPorts): UserAdministration {
  const { directory, pocket, audit, transaction, forget, enabled, sendSoon, settings, isLdapEnabled } = ports
  const { users, claims } = directory

  const find = async (id: string): Promise<UserDetails> => {
    const user = await users.find(id)
    if (user === undefined) throw new NotFound('user_not_found', 'There is no such user.')
    return user
  }
  const assertKnown = async (id: string): Promise<User> => {
    const user = await directory.find(id)
    if (user === undefined) throw new NotFound('user_not_found', 'There is no such user.')
    return user
  }
  /** A transaction in which the user is as the actor has read them, where they say what they have read. */
  const unchanged = <T>(actor: Actor, id: string, work: () => Promise<T>): Promise<T> =>
    actor.ifMatch === undefined
      ? transaction(work)
      : directory.exclusively(async () => {
          assertUnchanged(actor, userValidator(await find(id)))
          return work()
        })
  /** Does something, writes it into the audit log, and returns what became of the user. */
  const change = (actor: Actor, id: string, work: () => Promise<readonly AuditEvent[]>) =>
    unchanged(actor, id, async () => {
      for (const event of await work()) await audit.record(event, actor.origin)
      return find(id)
    })

  /** Whoever is disabled loses what they have at once. */
  const letIn = async (actor: Actor, update: UserUpdate): Promise<readonly AuditEvent[]> => {
    if (update.user.disabled) await pocket.endAccess(update.user.id)
    else if (update.before.disabled) await enabled(update.user)
    return eventsOf(update, actor)
  }

  /** As `change`; whoever may be in now hears of it at once. */
  const changeAccess = async (actor: Actor, id: string, work: () => Promise<readonly AuditEvent[]>) => {
    const changed = await change(actor, id, work)
    if (!changed.disabled) sendSoon()
    return changed
  }

  const isOwnedByLdap = async ({ ldapId }: Pick<User, 'ldapId'>) => ldapId !== null && (await isLdapEnabled())

  const remove: UserAdministration['remove'] = (actor, id) =>
    unchanged(actor, id, async () => {
      const before = await find(id)
      if (!before.disabled && (await isOwnedByLdap(before)))
        throw new Forbidden('ldap_user_update', 'LDAP users can’t be updated')
      await users.remove(id)
      await forget(id)
      const changes = changesBetween(described(before), null)
      await audit.record({ event: 'account_removed', accountId: id, by: actor.id, ...changes }, actor.origin)
    })

  return {
    find,

    async create(actor, body) {
      const { requireEmail, defaultGroupIds, defaultClaims } = await settings()
      assertEmail(body, requireEmail)
      const planned = newUser({ ...fieldsOf(body), id: body.id?.toLowerCase() || undefined })
      const { userGroupIds = [] } = body
      const groupIds = userGroupIds.length > 0 ? userGroupIds : defaultGroupIds
      // There is nothing that anybody could have read of them.
      return change({ id: actor.id, origin: actor.origin }, planned.id, async () => {
        await directory.create(planned, { ...rightsOf(body), groupIds, claims: defaultClaims })
        const changes = changesBetween(null, described(await find(planned.id)))
        return [{ event: 'account_created', accountId: planned.id, method: 'api', by: actor.id, ...changes }]
      })
    },

    async update(actor, id, body) {
      const { requireEmail } = await settings()
      return changeAccess(actor, id, async () => {
        if (await isOwnedByLdap(await assertKnown(id)))
          return eventsOf(await users.update(id, { locale: body.locale ?? null }), actor)
        assertEmail(body, requireEmail)
        return letIn(actor, await users.update(id, fieldsOf(body), rightsOf(body)))
      })
    },

    isOwnedByLdap,

    setAdministrator: (actor, id, administrator) =>
      change(actor, id, async () => eventsOf(await users.update(id, {}, { administrator }), actor)),

    setDisabled: (actor, id, disabled) =>
      changeAccess(actor, id, async () => letIn(actor, await users.update(id, {}, { disabled }))),

    async updateOwn(actor, body, assertCanChange) {
      const { requireEmail, editOwnAccount, emailsVerified } = await settings()
      return change(actor, actor.id, async () => {
        const user = await assertKnown(actor.id)
        const { email } = user
        if (!editOwnAccount || (await isOwnedByLdap(user)))
          return eventsOf(await users.update(actor.id, { locale: body.locale ?? null }), actor)
        assertEmail(body, requireEmail)
        const fields = fieldsOf(body)
        const another = (body.email ?? null)?.normalize('NFC') !== email?.normalize('NFC')
        const rights = emailsVerified && another ? { emailVerified: true } : {}
        const update = await users.update(actor.id, fields, rights)
        await assertCanChange?.(update)
        return eventsOf(update, actor)
      })
    },

    setOwnLocale: (actor, locale) =>
      change(actor, actor.id, async () => eventsOf(await users.update(actor.id, { locale }), actor)),

    remove,

    canRemoveOwnAccount: async () => (await settings()).removeOwnAccount,

    async removeOwn(actor) {
      if (!(await settings()).removeOwnAccount)
        throw new Forbidden('account_removal_disabled', 'People may not delete their own account here.')
      await remove(actor, actor.id)
    },

    setGroups: (actor, id, groupIds) =>
      change(actor, id, async () => {
        const before = groupNames(await find(id))
        const { added, removed } = await users.setGroups(id, groupIds)
        if (added.length === 0 && removed.length === 0) return []
        await pocket.endAccessBy(id, removed)
        const changes = changesBetween({ groups: before }, { groups: groupNames(await find(id)) })
        return [{ event: 'account_groups_changed', accountId: id, added, removed, by: actor.id, ...changes }]
      }),

    setClaims: (actor, id, given) =>
      unchanged(actor, id, async () => {
        const before = (await find(id)).claims
        const stored = await claims.replaceForUser(id, given)
        const keys = stored.map(({ key }) => key)
        const changes = changesBetween(claimsByKey(before), claimsByKey(stored))
        const event = { event: 'account_claims_changed', accountId: id, keys, by: actor.id, ...changes } as const
        if (changes.changes) await audit.record(event, actor.origin)
        return stored
      }),

    async passkeys(id) {
      await assertKnown(id)
      return pocket.passkeys.list(id)
    },

    removePasskey: (actor, id, passkeyId) =>
      transaction(async () => {
        await assertKnown(id)
        const found = (await pocket.passkeys.list(id)).find((passkey) => passkey.id === passkeyId)
        if (!found) throw new NotFound('not_found', 'There is no such passkey.', { details: { resource: 'Passkey' } })
        await pocket.passkeys.removeEvenLast(id, passkeyId, { origin: actor.origin, by: actor.id })
      }),

    issueCode: (actor, id, lifetime) =>
      transaction(async () => {
        const party = { origin: actor.origin, by: actor.id }
        return (await pocket.issueLoginCode(await assertKnown(id), lifetime, party)).code
      }),
  }
}

/** What an entry of the audit log says anyway, or what nobody has chosen. */
const unrecordedFields = ['id', 'createdAt', 'updatedAt']

/** A user as the audit log keeps one who comes or goes. */
function described({ claims, groups, ...user }: UserDetails): object {
  const fields = Object.entries(user).filter(([name]) => !unrecordedFields.includes(name))
  return { ...Object.fromEntries(fields), groups: groups.map(({ name }) => name), claims }
}

function groupNames({ groups }: UserDetails): readonly string[] {
  return groups.map(({ name }) => name)
}

/** Who is disabled or let in again is what somebody will look for, so it is an event of its own. */
function eventsOf({ before, user, changed }: UserUpdate, actor: Actor): readonly AuditEvent[] {
  const accountId = user.id
  const by = actor.id === accountId ? {} : { by: actor.id }
  const fields = changed.filter((property) => property !== 'disabled')
  const { changes } = changesBetween(before, user, { except: [...unrecordedFields, 'disabled'] })
  return [
    ...(fields.length > 0
      ? [{ event: 'account_updated' as const, accountId, fields, ...by, ...(changes && { changes }) }]
      : []),
    ...(changed.includes('disabled')
      ? [
          {
            event: user.disabled ? ('account_disabled' as const) : ('account_enabled' as const),
            accountId,
            ...by,
            ...changesBetween({ disabled: before.disabled }, { disabled: user.disabled }),
          },
        ]
      : []),
  ]
}
