import type { AuditEvent, AuditSink, RequestOrigin } from '@pocket/core'
import { deviceOf } from '../http/device.ts'
import { reachableAdministrators } from './administrators.ts'
import type { EmailDeps } from './deps.ts'

/** Milliseconds. A later notice would only confuse the user. */
const noticeLifetime = 3 * 24 * 60 * 60_000

/**
 * Notifies users of a sign-in with a login code, of the use of a recovery code, and of a passkey sign-in from an IP address or
 * browser without an earlier sign-in. Commits the e-mail and the audit log entry together.
 *
 * @param onQueued - called after an e-mail was queued
 */
export function withSignInNotices(deps: EmailDeps, onQueued: () => void): AuditSink {
  const { audit, database, settings, transaction } = deps
  /** Codes can be created or found by others, so their use is always reported regardless of the setting. */
  const findKind = async (event: AuditEvent): Promise<NoticeKind | undefined> => {
    if (!isNoticed(event)) return undefined
    const { emailLoginNotificationEnabled, smtpHost } = await settings.lastKnown()
    const isReachable = smtpHost !== ''
    if (event.event === 'recovery_code_used') return isReachable ? 'recovery-code-used' : undefined
    if (event.method === 'passkey') return emailLoginNotificationEnabled ? 'new-sign-in' : undefined
    return event.method === 'code' && isReachable ? 'code-sign-in' : undefined
  }
  return {
    async record(event, origin) {
      const kind = await findKind(event)
      if (kind === undefined || !('accountId' in event) || event.accountId === undefined)
        return audit.record(event, origin)
      const { accountId } = event
      const isQueued = await transaction(async () => {
        const isKnownOrigin = kind === 'new-sign-in' && (await database.auditLog.hasSignedInFrom(accountId, origin))
        await audit.record(event, origin)
        if (isKnownOrigin) return false
        const isBreakGlass = event.event === 'recovery_code_used' && event.kind === 'break_glass'
        return queueNotice(deps, { accountId, kind, isBreakGlass }, origin)
      })
      if (isQueued) onQueued()
    },
  }
}

type NoticedEvent = Extract<AuditEvent, { event: 'signed_in' }> | Extract<AuditEvent, { event: 'recovery_code_used' }>

function isNoticed(event: AuditEvent): event is NoticedEvent {
  return event.event === 'signed_in' || event.event === 'recovery_code_used'
}

type NoticeKind = 'new-sign-in' | 'code-sign-in' | 'recovery-code-used'

interface Notice {
  readonly accountId: string
  readonly kind: NoticeKind
  /** Whether the administrators are notified too. */
  readonly isBreakGlass: boolean
}

async function queueNotice(
  { directory, outbox, geoIp, clock }: EmailDeps,
  { accountId, kind, isBreakGlass }: Notice,
  { ipAddress, userAgent }: RequestOrigin,
): Promise<boolean> {
  const user = await directory.find(accountId)
  if (!user) return false
  const at = clock.now()
  const message = { kind, ipAddress, place: geoIp.locate(ipAddress), device: deviceOf(userAgent), at } as const
  const expiresAt = at + noticeLifetime
  for (const to of isBreakGlass ? await reachableAdministrators(directory, accountId) : [])
    await outbox.queue({
      to,
      message: { ...message, kind: 'recovery-code-used', name: to.displayName, userName: user.userName },
      expiresAt,
    })
  if (!user.email) return isBreakGlass
  return outbox.queue({ to: user, message: { ...message, name: user.displayName }, expiresAt })
}
