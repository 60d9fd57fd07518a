import { ConflictError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import type { DirectoryContext } from '../context.ts'
import { type Group, groupNotFound } from '../entities/group.ts'
import type { User } from '../entities/user.ts'
import { isId } from '../id.ts'
import { applyLdapPlan } from './apply.ts'
import { isStorable } from './entry-checks.ts'
import type { LdapHost, LdapOutcome } from './ldap-changes.ts'
import type { LdapEntries } from './ldap-entries.ts'
import type { LdapEntry, LdapPlan, LdapRules } from './ldap-plan.ts'
import { planLdapImport } from './plan.ts'
import { type LdapImportState, newImportState } from './snapshot.ts'

/** Imports users and groups from an LDAP directory. A plan shows the changes before they are applied. */
export interface LdapImport {
  /**
   * Reads the current state in four statements and compares it, yielding to other work. Makes no changes. @throws the reason
   * of `signal`
   */
  plan(ldapEntries: LdapEntries, rules: Omit<LdapRules, 'now'>, signal: AbortSignal): Promise<LdapPlan>
  /** Applies the plan in short transactions. @throws the reason of `signal`, between two of them */
  apply(plan: LdapPlan, host: LdapHost, signal: AbortSignal): Promise<LdapOutcome>
  /** Whether LDAP owns a user whom no import has processed yet, for example after a migration from another server. */
  hasUnprocessedUser(): Promise<boolean>
  /** The import state of a user whom LDAP owns. */
  importState(userId: string): Promise<LdapImportState | undefined>
  /**
   * Links the user with this entry; the next import updates the user from it.
   *
   * @throws NotFoundError `user_not_found` @throws InvalidInputError `validation_failed`
   * @throws ConflictError `ldap_entry_linked` if the entry owns another user
   */
  link(userId: string, entry: LdapEntry): Promise<{ readonly before: User; readonly user: User }>
  /**
   * Unlinks the user from LDAP and leaves the user unchanged. @throws NotFoundError `user_not_found` @throws ConflictError
   * `ldap_not_linked`
   */
  unlink(userId: string): Promise<User>
  /**
   * Links the group with this entry; the next import sets its names and members.
   *
   * @throws the same errors as `link`, with `not_found` if the group does not exist
   */
  linkGroup(groupId: string, entry: LdapEntry): Promise<{ readonly before: Group; readonly group: Group }>
  /**
   * Unlinks the group from LDAP and leaves the group unchanged. @throws NotFoundError `not_found` @throws ConflictError
   * `ldap_not_linked`
   */
  unlinkGroup(groupId: string): Promise<{ readonly before: Group; readonly group: Group }>
}

export function createLdapImport(context: DirectoryContext): LdapImport {
  const { users, ldap, withLock, clock } = context
  const requireUser = async (id: string): Promise<User> => {
    const user = isId(id) ? await users.find(id) : undefined
    if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user')
    return user
  }
  const requireGroup = async (id: string): Promise<Group> => {
    const [group] = isId(id) ? await ldap.findGroups([id]) : []
    if (group === undefined) throw groupNotFound()
    return group
  }
  return {
    plan: async (ldapEntries, rules, signal) =>
      planLdapImport(ldapEntries, await ldap.readSnapshot(signal), { ...rules, now: clock.now() }, signal),
    apply: (plan, host, signal) => applyLdapPlan(context, plan, host, signal),
    hasUnprocessedUser: () => ldap.hasUnprocessedUser(),
    importState: async (userId) => (isId(userId) ? ldap.findImportState(userId) : undefined),

    link: (userId, entry) =>
      withLock(async () => {
        const before = await requireUser(userId)
        assertStorable(entry)
        const owner = await ldap.findByLdapId(entry.id)
        if (owner && owner.id !== userId)
          throw new ConflictError('ldap_entry_linked', `This entry is already linked with the user ${owner.userName}.`)
        const user = { ...before, ldapId: entry.id, updatedAt: clock.now() }
        if (before.ldapId === entry.id) return { before, user: before }
        await ldap.updateUsers([user])
        // A user who is linked with another entry keeps manual decisions and the rights that an import may revoke.
        await ldap.saveImportStates([
          { ...((await ldap.findImportState(userId)) ?? newImportState(userId, entry.dn)), dn: entry.dn },
        ])
        return { before, user }
      }),

    unlink: (userId) =>
      withLock(async () => {
        const before = await requireUser(userId)
        if (before.ldapId === null) throw new ConflictError('ldap_not_linked', 'This user does not come from LDAP.')
        const user = { ...before, ldapId: null, updatedAt: clock.now() }
        await ldap.updateUsers([user])
        await ldap.removeImportState(userId)
        return user
      }),

    linkGroup: (groupId, entry) =>
      withLock(async () => {
        const before = await requireGroup(groupId)
        assertStorable(entry)
        const owner = await ldap.findGroupByLdapId(entry.id)
        if (owner && owner.id !== groupId)
          throw new ConflictError('ldap_entry_linked', `This entry is already linked with the group ${owner.name}.`)
        const group = { ...before, ldapId: entry.id }
        if (before.ldapId !== entry.id) await ldap.updateGroups([group])
        return { before, group }
      }),

    unlinkGroup: (groupId) =>
      withLock(async () => {
        const before = await requireGroup(groupId)
        if (before.ldapId === null) throw new ConflictError('ldap_not_linked', 'This group does not come from LDAP.')
        const group = { ...before, ldapId: null }
        await ldap.updateGroups([group])
        return { before, group }
      }),
  }
}

function assertStorable(entry: LdapEntry): void {
  if (isStorable(entry)) return
  throw new InvalidInputError('validation_failed', 'The identifier of the entry cannot be stored.', {
    fields: [{ field: 'ldapId', code: 'invalid_format', message: 'must be the identifier of an entry' }],
  })
}
