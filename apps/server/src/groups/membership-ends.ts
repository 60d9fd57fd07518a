import type { AuditSink, Pocket } from '@pocket/core'
import type { Directory } from '@pocket/directory'

export interface MembershipEndPorts {
  readonly directory: Pick<Directory, 'groups'>
  readonly pocket: Pick<Pocket, 'endAccessBy'>
  readonly audit: AuditSink
}

/**
 * Removes the memberships that have ended, with what they let people have. They counted no more already, so how often
 * this runs decides only when they are written into the audit log.
 */
export function endMemberships({ directory, pocket, audit }: MembershipEndPorts): Promise<void> {
  return directory.groups.removeEndedMemberships(async ({ userId, groupId }) => {
    await pocket.endAccessBy(userId, [groupId])
    const origin = { requestId: null, ipAddress: null, userAgent: null }
    await audit.record({ event: 'membership_ended', accountId: userId, groupId }, origin)
  })
}
