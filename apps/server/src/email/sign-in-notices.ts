import type { AuditEvent, AuditSink, Clock, RequestOrigin, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import type { Location } from '../geoip/location.ts'
import { deviceOf } from '../http/device.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { Outbox } from './outbox.ts'

export interface SignInNoticePorts {
  readonly audit: AuditSink
  readonly auditLog: Pick<AuditLogStore, 'hasSignedInFrom'>
  readonly directory: Pick<Directory, 'find'>
  readonly outbox: Pick<Outbox, 'queue'>
  readonly settings: () => Promise<Pick<SettingValues, 'emailLoginNotificationEnabled' | 'smtpHost'>>
  readonly transaction: Transaction
  /** Looks up the location of an IP address. */
  readonly locationOf: (ipAddress: string | null) => Location
  readonly clock: Clock
  /** Called after an e-mail was queued. */
  readonly onQueued: () => void
}

/** Milliseconds. A later notice would only confuse the user. */
const noticeLifetime = 3 * 24 * 60 * 60_000

/**
 * Notifies users of a sign-in with a login code, and of a passkey sign-in from an IP address or browser without an earlier
 * sign-in. Commits the e-mail and the audit log entry together.
 */
export function withSignInNotices(ports: SignInNoticePorts): AuditSink {
  const { audit, settings, transaction, onQueued } = ports
  /** Login codes can be created by others, so their use is always reported regardless of the setting. */
  const isNotified = async ({ method }: SignIn) => {
    if (method !== 'passkey' && method !== 'code') return false
    const { emailLoginNotificationEnabled, smtpHost } = await settings()
    return method === 'passkey' ? emailLoginNotificationEnabled : smtpHost !== ''
  }
  return {
    async record(event, origin) {
      if (event.event !== 'signed_in' || !(await isNotified(event))) return audit.record(event, origin)
      const isQueued = await transaction(async () => {
        const isKnownOrigin =
          event.method === 'passkey' && (await ports.auditLog.hasSignedInFrom(event.accountId, origin))
        await audit.record(event, origin)
        return isKnownOrigin ? false : queueNotice(ports, event, origin)
      })
      if (isQueued) onQueued()
    },
  }
}

type SignIn = Extract<AuditEvent, { event: 'signed_in' }>

async function queueNotice(
  ports: SignInNoticePorts,
  { accountId, method }: SignIn,
  origin: RequestOrigin,
): Promise<boolean> {
  const { directory, outbox, locationOf, clock } = ports
  const user = await directory.find(accountId)
  if (!user?.email) return false
  const { ipAddress, userAgent } = origin
  const at = clock.now()
  const kind = method === 'code' ? 'code-sign-in' : 'new-sign-in'
  const message = {
    kind,
    name: user.displayName,
    ipAddress,
    place: locationOf(ipAddress),
    device: deviceOf(userAgent),
    at,
  } as const
  return outbox.queue({ to: user, message, expiresAt: at + noticeLifetime })
}
