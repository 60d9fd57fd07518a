import type { Pocket } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { noOrigin } from '@pocket/core/internal'
import type { LdapChanges, LdapHost, PersonChangeKind, PicturePlan } from '@pocket/directory'
import { ldapActor } from '../access/built-in-actors.ts'
import type { RecordMany } from '../audit-log/audit-log.ts'
import { userSlot } from '../images/image.ts'
import type { Images } from '../images/images.ts'
import { prepareProfilePicture } from '../images/profile-pictures.ts'
import { eventsOf } from './audit.ts'

export interface LdapHostDeps {
  readonly pocket: Pick<Pocket, 'endAccess' | 'endAccessByGroups'>
  readonly recordMany: RecordMany
  readonly images: Images
  /** Deletes the related data of a user who is being removed, within the transaction. */
  readonly deleteUserData: (userId: string) => Promise<void>
  readonly deleteGroupData: (groupId: string) => Promise<void>
  readonly onEnabled: (userId: string) => Promise<void>
}

const actor = { id: ldapActor.id, origin: noOrigin }

/** The side effects of an import: audit events, ended sessions, pictures. */
export function createLdapHost(deps: LdapHostDeps): LdapHost {
  const { pocket, recordMany, images, deleteUserData, deleteGroupData, onEnabled } = deps

  const applySideEffects = async (applied: LdapChanges): Promise<void> => {
    const { changes = [], removals = [], groupRemovals = [], memberships = [] } = applied
    const usersOf = (kind: PersonChangeKind) =>
      changes.filter((change) => change.kind === kind).map(({ after }) => after.user)
    for (const id of sortedIds(usersOf('disable'))) await pocket.endAccess(id)
    for (const id of sortedIds(usersOf('enable'))) await onEnabled(id)
    for (const id of sortedIds(removals.map(({ user }) => user))) await deleteUserData(id)
    for (const id of sortedIds(groupRemovals)) await deleteGroupData(id)
    for (const [userId, groupIds] of groupsLeftByUser(memberships)) await pocket.endAccessByGroups(userId, groupIds)
    await recordMany(eventsOf(applied))
  }

  const findUsersWithManualPicture = async (changed: readonly PicturePlan[]): Promise<ReadonlySet<string>> => {
    const stored = await images.listBySlots(changed.map(({ userId }) => userSlot(userId)))
    const hashes = new Map(stored.map(({ slot, hash }) => [slot, hash]))
    const manual = changed.filter(({ userId, knownImage }) => {
      const hash = hashes.get(userSlot(userId))
      return hash !== undefined && hash !== knownImage
    })
    return new Set(manual.map(({ userId }) => userId))
  }

  return {
    onApplied: applySideEffects,

    async applyPictures(changed, saveImage, signal) {
      if (changed.length === 0) return
      const manualUserIds = await findUsersWithManualPicture(changed)
      for (const planned of changed) {
        signal.throwIfAborted()
        const { userId, picture } = planned
        const event = { event: 'account_updated', accountId: userId, fields: ['picture'], by: ldapActor.id } as const
        const change = { slot: userSlot(userId), event, actor }
        const isManual = manualUserIds.has(userId)
        if (picture === null) {
          if (!isManual) await images.remove(change, 'ignore-missing')
          await saveImage(planned, null)
        } else if (!isManual) {
          const prepared = await prepareProfilePicture(Buffer.from(picture.bytes)).catch(ignoreRejected)
          if (prepared !== null) await images.put(change, prepared)
          await saveImage(planned, prepared?.hash ?? '')
        }
      }
    },
  }
}

/** In the order that transactions lock accounts. */
function sortedIds(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id).sort()
}

/** The groups that each user has left, in the order that transactions lock accounts. */
function groupsLeftByUser(memberships: LdapChanges['memberships'] = []): ReadonlyMap<string, readonly string[]> {
  const groupIdsByUser = new Map<string, string[]>()
  for (const { groupId, removed } of memberships)
    for (const userId of removed) groupIdsByUser.set(userId, [...(groupIdsByUser.get(userId) ?? []), groupId])
  return new Map([...groupIdsByUser].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function ignoreRejected(error: unknown): null {
  if (error instanceof PocketError && error.status < 500) return null
  throw error
}
