import type { AuditSink, Pocket } from '@pocket/core'
import type { Directory } from '@pocket/directory'

export interface MembershipEndPorts {
  readonly directory: Pick<Directory, 'groups'>
  readonly pocket: Pick<Pocket, 'endAccessByGroups'>
  readonly audit: AuditSink
}

/**
 * Removes expired memberships and the access they granted. Expired memberships have no effect anyway, so the schedule of
 * this job determines only when they appear in the audit log.
 */
export function endMemberships({ directory, pocket, audit }: MembershipEndPorts): Promise<void> {
  return directory.groups.removeEndedMemberships(async ({ userId, groupId }) => {
    await pocket.endAccessByGroups(userId, [groupId])
    const origin = { requestId: null, ipAddress: null, userAgent: null }
    await audit.record({ event: 'membership_ended', accountId: userId, groupId }, origin)
  })
}
