import type { AuditEvent, AuditSink, RequestOrigin } from '@pocket/core'
import { deviceOf } from '../http/device.ts'
import type { EmailDeps } from './deps.ts'

/** Milliseconds. A later notice would only confuse the user. */
const noticeLifetime = 3 * 24 * 60 * 60_000

/**
 * Notifies users of a sign-in with a login code, and of a passkey sign-in from an IP address or browser without an earlier
 * sign-in. Commits the e-mail and the audit log entry together.
 *
 * @param onQueued - called after an e-mail was queued
 */
export function withSignInNotices(deps: EmailDeps, onQueued: () => void): AuditSink {
  const { audit, database, settings, transaction } = deps
  /** Login codes can be created by others, so their use is always reported regardless of the setting. */
  const isNotified = async ({ method }: SignIn) => {
    if (method !== 'passkey' && method !== 'code') return false
    const { emailLoginNotificationEnabled, smtpHost } = await settings.lastKnown()
    return method === 'passkey' ? emailLoginNotificationEnabled : smtpHost !== ''
  }
  return {
    async record(event, origin) {
      if (event.event !== 'signed_in' || !(await isNotified(event))) return audit.record(event, origin)
      const isQueued = await transaction(async () => {
        const isKnownOrigin =
          event.method === 'passkey' && (await database.auditLog.hasSignedInFrom(event.accountId, origin))
        await audit.record(event, origin)
        return isKnownOrigin ? false : queueNotice(deps, event, origin)
      })
      if (isQueued) onQueued()
    },
  }
}

type SignIn = Extract<AuditEvent, { event: 'signed_in' }>

async function queueNotice(
  { directory, outbox, geoIp, clock }: EmailDeps,
  { accountId, method }: SignIn,
  origin: RequestOrigin,
): Promise<boolean> {
  const user = await directory.find(accountId)
  if (!user?.email) return false
  const { ipAddress, userAgent } = origin
  const at = clock.now()
  const kind = method === 'code' ? 'code-sign-in' : 'new-sign-in'
  const message = {
    kind,
    name: user.displayName,
    ipAddress,
    place: geoIp.locate(ipAddress),
    device: deviceOf(userAgent),
    at,
  } as const
  return outbox.queue({ to: user, message, expiresAt: at + noticeLifetime })
}
