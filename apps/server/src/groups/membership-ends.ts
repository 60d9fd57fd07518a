import { noOrigin } from '@pocket/core/internal'
import type { Deps } from '../http/deps.ts'

/**
 * Removes expired memberships and the access they granted. Expired memberships have no effect anyway, so the schedule of
 * this job determines only when they appear in the audit log.
 */
export function endMemberships({
  directory,
  pocket,
  audit,
}: Pick<Deps, 'directory' | 'pocket' | 'audit'>): Promise<void> {
  return directory.groups.removeEndedMemberships(async ({ userId, groupId }) => {
    await pocket.endAccessByGroups(userId, [groupId])
    await audit.record({ event: 'membership_ended', accountId: userId, groupId }, noOrigin)
  })
}
