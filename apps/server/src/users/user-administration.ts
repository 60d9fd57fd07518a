import type { AuditEvent, Passkey } from '@pocket/core'
import { ForbiddenError, NotFoundError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import {
  type CustomClaim,
  newUser,
  type User,
  type UserDetails,
  type UserRemovalOptions,
  type UserUpdate,
} from '@pocket/directory'
import { emailChanged } from '../access/access-checks.ts'
import { type Actor, withAccountName } from '../access/actor.ts'
import { assertUnchanged } from '../http/api/precondition.ts'
import type { Deps } from '../http/deps.ts'
import { isEmailRequired } from '../settings/required-email.ts'
import type { Settings } from '../settings/settings.ts'
import type { BootstrapAccountStore } from './bootstrap-account-store.ts'
import { claimsByKey } from './claims-by-key.ts'
import { assertEmail, fieldsOf, rightsOf, type UserBody } from './user-body.ts'
import { userValidator } from './user-dto.ts'
import { userSettingsOf } from './user-settings.ts'

export interface UserAdministrationDeps extends Deps {
  readonly settings: Pick<Settings, 'values' | 'present'>
  readonly bootstrapAccounts: Pick<BootstrapAccountStore, 'add' | 'remove'>
  /** Deletes the related data of a user who is being removed, within the transaction. */
  readonly deleteUserData: (userId: string) => Promise<void>
  /** Called when a user is re-enabled: a pending sign-up ends. */
  readonly onEnabled: (user: User) => Promise<void>
  /** Sends the e-mails that the last transaction queued. */
  readonly scheduleDelivery: () => void
}

/** User administration and self-service. Throws `user_not_found` if the user does not exist. */
export interface UserAdministration {
  find(id: string): Promise<UserDetails>
  /** @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `already_in_use` */
  create(actor: Actor, body: UserBody, options?: { readonly isApiKey?: boolean }): Promise<UserDetails>
  /**
   * Replaces all fields; for a user from LDAP, while LDAP is enabled, only the language, as in Pocket ID.
   * `assertCanChange` receives the stored user before anything is written.
   *
   * @throws the same errors as `create` @throws {ConflictError} `last_administrator`
   */
  update(
    actor: Actor,
    id: string,
    body: UserBody,
    assertCanChange?: (stored: User) => Promise<void>,
  ): Promise<UserDetails>
  /** Disables or re-enables a user, and returns whether that changed them. @throws {ConflictError} `last_administrator` */
  setDisabled(actor: Actor, id: string, disabled: boolean): Promise<boolean>
  isManagedByLdap(user: Pick<User, 'ldapId'>): Promise<boolean>
  /** Set manually, so that no LDAP import reverts it. @throws {ConflictError} `last_administrator` */
  setAdministrator(actor: Actor, id: string, administrator: boolean): Promise<UserDetails>
  /**
   * Updates the user's own profile, but neither permissions nor whether the e-mail address is verified. `assertCanChange`
   * receives the changes before they are written.
   *
   * @throws the same errors as `create`
   */
  updateOwn(actor: Actor, body: UserBody, assertCanChange?: (update: UserUpdate) => Promise<void>): Promise<UserDetails>
  /** Sets the user's own language, even if profile editing is disabled; `null` uses the browser's language. */
  setOwnLocale(actor: Actor, locale: string | null): Promise<UserDetails>
  /**
   * Deletes the user with sessions, tokens and all related data.
   *
   * @throws {ConflictError} `last_administrator`, unless `allowLastAdministrator` is set
   * @throws {ForbiddenError} `ldap_user_update` for a user that LDAP would import again
   */
  remove(actor: Actor, id: string, options?: UserRemovalOptions): Promise<void>
  canRemoveOwnAccount(): Promise<boolean>
  /**
   * Deletes the actor's own account. @throws the same errors as `remove` @throws {ForbiddenError} `account_removal_disabled` if this is not allowed
   */
  removeOwn(actor: Actor): Promise<void>
  setGroups(actor: Actor, id: string, groupIds: readonly string[]): Promise<UserDetails>
  /** @throws {InvalidInputError} `reserved_claim`, `duplicate_claim`, `validation_failed` */
  setClaims(actor: Actor, id: string, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
  listPasskeys(id: string): Promise<readonly Passkey[]>
  /** @throws {NotFoundError} `passkey_not_found` */
  removePasskey(actor: Actor, id: string, passkeyId: string): Promise<void>
  /** Issues a login code. `lifetime` in milliseconds. @throws {ForbiddenError} `account_disabled` */
  issueCode(actor: Actor, id: string, lifetime: number, options?: { readonly byProgram?: boolean }): Promise<string>
}

export function createUserAdministration(deps: UserAdministrationDeps): UserAdministration {
  const { directory, pocket, audit, transaction, settings, bootstrapAccounts } = deps
  const { deleteUserData, onEnabled, scheduleDelivery } = deps
  const { users, claims } = directory
  const userSettings = async () => userSettingsOf(await settings.present())

  const find = async (id: string): Promise<UserDetails> => {
    const user = await users.find(id)
    if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user.')
    return user
  }
  const getUser = async (id: string): Promise<User> => {
    const user = await directory.find(id)
    if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user.')
    return user
  }
  const withPrecondition = <T>(actor: Actor, id: string, work: () => Promise<T>): Promise<T> =>
    actor.ifMatch === undefined
      ? transaction(work)
      : directory.withLock(async () => {
          assertUnchanged(actor, userValidator(await find(id)))
          return work()
        })
  const change = (actor: Actor, id: string, work: () => Promise<readonly AuditEvent[]>) =>
    withPrecondition(actor, id, async () => {
      for (const event of await work()) await audit.record(event, actor.origin)
      return find(id)
    })

  /**
   * Changes a user that it reads once, under the lock, and writes the audit log. Disabling a user ends their access immediately;
   * re-enabling sends the e-mails that this queues.
   */
  const updateUser = async (actor: Actor, id: string, work: (before: User) => Promise<UserUpdate>) => {
    let isEnabled = false
    const changed = await directory.withLock(async () => {
      const details = await find(id)
      assertUnchanged(actor, userValidator(details))
      const { groups, claims, ...before } = details
      const update = await work(before)
      if (update.user.disabled) await pocket.endAccess(id)
      else if (before.disabled) {
        isEnabled = true
        await onEnabled(update.user)
      }
      if (update.changed.includes('administrator')) await bootstrapAccounts.remove(id)
      const origin = withAccountName(actor.origin, update.user)
      for (const event of eventsOf(update, actor)) await audit.record(event, origin)
      return { ...update.user, claims, groups }
    })
    if (isEnabled) scheduleDelivery()
    return changed
  }

  const isManagedByLdap = async ({ ldapId }: Pick<User, 'ldapId'>) =>
    ldapId !== null && (await settings.values()).ldapEnabled

  const remove: UserAdministration['remove'] = (actor, id, options) =>
    withPrecondition(actor, id, async () => {
      const before = await find(id)
      if (!before.disabled && (await isManagedByLdap(before)))
        throw new ForbiddenError('ldap_user_update', 'LDAP users can’t be updated')
      await users.remove(id, options)
      await deleteUserData(id)
      const changes = changesBetween(toAuditFields(before), null)
      await audit.record({ event: 'account_removed', accountId: id, by: actor.id, ...changes }, actor.origin)
    })

  return {
    find,

    async create(actor, body, { isApiKey = false } = {}) {
      const { requireEmail, defaultGroupIds, defaultClaims } = await userSettings()
      assertEmail(body, requireEmail)
      const user = newUser({ ...fieldsOf(body), id: body.id?.toLowerCase() || undefined })
      const { userGroupIds = [] } = body
      const groupIds = userGroupIds.length > 0 ? userGroupIds : defaultGroupIds
      // A new user has no earlier version, so the precondition does not apply.
      return change({ id: actor.id, origin: actor.origin }, user.id, async () => {
        await directory.create(user, { ...rightsOf(body), groupIds, claims: defaultClaims })
        if (isApiKey && body.isAdmin) await bootstrapAccounts.add(user.id)
        const changes = changesBetween(null, toAuditFields(await find(user.id)))
        return [{ event: 'account_created', accountId: user.id, method: 'api', by: actor.id, ...changes }]
      })
    },

    async update(actor, id, body, assertCanChange) {
      const requireEmail = isEmailRequired(await settings.values())
      return updateUser(actor, id, async (before) => {
        await assertCanChange?.(before)
        if (await isManagedByLdap(before)) return users.change(before, { locale: body.locale ?? null })
        assertEmail(body, requireEmail)
        return users.change(before, fieldsOf(body), rightsOf(body))
      })
    },

    isManagedByLdap,

    setAdministrator: (actor, id, administrator) =>
      updateUser(actor, id, (before) => users.change(before, {}, { administrator })),

    async setDisabled(actor, id, disabled) {
      let isChanged = false
      await updateUser(actor, id, async (before) => {
        isChanged = before.disabled !== disabled
        return users.change(before, {}, { disabled })
      })
      return isChanged
    },

    async updateOwn(actor, body, assertCanChange) {
      const { requireEmail, editOwnAccount, emailsVerified } = await userSettings()
      return updateUser(actor, actor.id, async (before) => {
        if (!editOwnAccount || (await isManagedByLdap(before)))
          return users.change(before, { locale: body.locale ?? null })
        assertEmail(body, requireEmail)
        const rights = emailsVerified && emailChanged(before, body.email ?? null) ? { emailVerified: true } : {}
        const update = await users.change(before, fieldsOf(body), rights)
        await assertCanChange?.(update)
        return update
      })
    },

    setOwnLocale: (actor, locale) => updateUser(actor, actor.id, (before) => users.change(before, { locale })),

    remove,

    canRemoveOwnAccount: async () => (await userSettings()).removeOwnAccount,

    async removeOwn(actor) {
      if (!(await userSettings()).removeOwnAccount)
        throw new ForbiddenError('account_removal_disabled', 'Users may not delete their own accounts.')
      await remove(actor, actor.id)
    },

    setGroups: (actor, id, groupIds) =>
      change(actor, id, async () => {
        const before = groupNames(await find(id))
        const { added, removed } = await users.setGroups(id, groupIds)
        if (added.length === 0 && removed.length === 0) return []
        await pocket.endAccessByGroups(id, removed)
        const changes = changesBetween({ groups: before }, { groups: groupNames(await find(id)) })
        return [{ event: 'account_groups_changed', accountId: id, added, removed, by: actor.id, ...changes }]
      }),

    setClaims: (actor, id, newClaims) =>
      withPrecondition(actor, id, async () => {
        const before = (await find(id)).claims
        const stored = await claims.replaceForUser(id, newClaims)
        const keys = stored.map(({ key }) => key)
        const changes = changesBetween(claimsByKey(before), claimsByKey(stored))
        const event = { event: 'account_claims_changed', accountId: id, keys, by: actor.id, ...changes } as const
        if (changes.changes) await audit.record(event, actor.origin)
        return stored
      }),

    async listPasskeys(id) {
      await getUser(id)
      return pocket.passkeys.list(id)
    },

    removePasskey: (actor, id, passkeyId) =>
      transaction(async () => {
        await getUser(id)
        const existing = (await pocket.passkeys.list(id)).find((passkey) => passkey.id === passkeyId)
        if (!existing)
          throw new NotFoundError('not_found', 'There is no such passkey.', { details: { resource: 'Passkey' } })
        await pocket.passkeys.removeAsAdministrator(id, passkeyId, { origin: actor.origin, by: actor.id })
      }),

    issueCode: (actor, id, lifetime, { byProgram } = {}) =>
      transaction(async () => {
        const options = { origin: actor.origin, by: actor.id, byProgram }
        const issued = await pocket.issueLoginCode(await getUser(id), lifetime, options)
        return issued.code
      }),
  }
}

/** Fields that every audit event contains anyway, or that no user has set. */
const unrecordedFields = ['id', 'createdAt', 'updatedAt']

function toAuditFields({ claims, groups, ...user }: UserDetails): object {
  const fields = Object.entries(user).filter(([name]) => !unrecordedFields.includes(name))
  return { ...Object.fromEntries(fields), groups: groups.map(({ name }) => name), claims }
}

function groupNames({ groups }: UserDetails): readonly string[] {
  return groups.map(({ name }) => name)
}

/** Disabling and re-enabling users are separate events, because administrators search for them. */
function eventsOf({ before, user, changed }: UserUpdate, actor: Actor): readonly AuditEvent[] {
  const accountId = user.id
  const initiator = actor.id === accountId ? {} : { by: actor.id }
  const fields = changed.filter((property) => property !== 'disabled')
  const { changes } = changesBetween(before, user, { except: [...unrecordedFields, 'disabled'] })
  return [
    ...(fields.length > 0
      ? [{ event: 'account_updated' as const, accountId, fields, ...initiator, ...(changes && { changes }) }]
      : []),
    ...(changed.includes('disabled')
      ? [
          {
            event: user.disabled ? ('account_disabled' as const) : ('account_enabled' as const),
            accountId,
            ...initiator,
            ...changesBetween({ disabled: before.disabled }, { disabled: user.disabled }),
          },
        ]
      : []),
  ]
}
