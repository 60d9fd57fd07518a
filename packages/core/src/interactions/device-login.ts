import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Account } from '../accounts/account.ts'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type {
  DeviceLogins,
  PendingDeviceLogin,
  RedeemedDeviceLogin,
  RequestedDeviceLogin,
} from '../codes/device-logins.ts'
import { PocketError } from '../errors.ts'
import type { AuditedHook, RunBeforeHook } from '../hooks.ts'
import { requestContext } from '../http/request-context.ts'
import type { Limiter } from '../limits/limiter.ts'
import { uuid } from '../random.ts'
import type { SessionHistory } from '../sessions/session-history.ts'
import type { Transaction } from '../transaction.ts'
import type { StartSession } from './sign-in.ts'

/** How often a waiting request looks, in milliseconds. */
const step = 1000

export interface DeviceLoginEnd {
  readonly id: string
  /** What the waiting browser holds. */
  readonly token: string
  /** How long the answer may take while nobody decides, in milliseconds. */
  readonly wait: number
}

/** “Sign in with another device”, from both sides. */
export interface DeviceLoginService {
  /** This device asks to be let in. @throws {RateLimited} `rate_limited` */
  request(req: IncomingMessage): Promise<RequestedDeviceLogin>
  /** The code that belongs to a token, to show it again. */
  userCodeOf(token: string): string
  /**
   * Starts this device's session once it is let in; `undefined` while nobody has decided.
   *
   * @throws {NotAuthenticated} `device_login_expired` where it is unknown, used, too old or another browser's
   * @throws {Forbidden} `device_login_denied`, `account_disabled`, `account_not_found`, or `sign_in_refused` where
   * `before.signIn` refuses
   * @throws {RateLimited} `rate_limited`
   */
  redeem(req: IncomingMessage, res: ServerResponse, end: DeviceLoginEnd): Promise<Account | undefined>
  /** Who asks. @throws {NotAuthenticated} `device_code_invalid` */
  find(code: string): Promise<PendingDeviceLogin>
  /**
   * Lets it in as this account, or not. Whoever calls has seen to a fresh passkey (`ReauthenticationService.demand`); the device
   * is signed out with that session when its passkey is removed.
   *
   * @throws as `find` @throws {NotAuthenticated} `not_signed_in` where the session has ended meanwhile @throws {Forbidden} `forbidden` where `before.approveDevice` refuses: it waits on
   */
  decide(
    req: IncomingMessage,
    decision: { readonly code: string; readonly accountId: string; readonly status: 'approved' | 'denied' },
  ): Promise<void>
}

export interface DeviceLoginServicePorts {
  readonly deviceLogins: DeviceLogins
  readonly startSession: StartSession
  readonly history: Pick<SessionHistory, 'made'>
  readonly before: RunBeforeHook
  readonly audited: AuditedHook
  readonly limits: Limiter
  readonly audit: AuditSink
  readonly transaction: Transaction
}

export function createDeviceLoginService(ports: DeviceLoginServicePorts): DeviceLoginService {
  const { deviceLogins, startSession, history, before, audited, limits, audit, transaction } = ports

  const awaited = async (
    req: IncomingMessage,
    { id, token, wait }: DeviceLoginEnd,
  ): Promise<RedeemedDeviceLogin | undefined> => {
    for (let waited = 0; ; waited += step) {
      const redeemed = await deviceLogins.redeem(id, token)
      if (redeemed) await before('signIn', { account: redeemed.account, method: 'device' })
      if (redeemed || waited >= wait || req.socket.destroyed) return redeemed
      await setTimeout(Math.min(step, wait - waited))
    }
  }

  return {
    async request(req) {
      await limits.take(req, 'device-login-create')
      return deviceLogins.request(requestContext(req))
    },
    userCodeOf: deviceLogins.userCodeOf,
    find: deviceLogins.find,

    async redeem(req, res, end) {
      await limits.take(req, 'device-login-exchange')
      const redeemed = await awaited(req, end).catch(async (error: unknown) => {
        if (error instanceof PocketError) {
          const event = { event: 'sign_in_failed', code: error.code } as const
          await recordRefusal(audit, { error, event, origin: requestContext(req) })
        }
        throw error
      })
      if (!redeemed) return undefined
      const { account, approvedIn } = redeemed
      await audit.record({ event: 'signed_in', accountId: account.id, method: 'device' }, requestContext(req))
      await startSession(req, res, { accountId: account.id, method: 'device', approvedIn })
      return account
    },

    async decide(req, { code, accountId, status }) {
      if (status === 'approved') {
        const { ipAddress, userAgent } = await deviceLogins.find(code)
        const question = { accountId, device: { ipAddress, userAgent } }
        await audited('approveDevice', question, { at: 'device-login', origin: requestContext(req) })
      }
      const origin = requestContext(req)
      const { sessionUid = null } = origin
      await transaction(async () => {
        const { ipAddress, userAgent } = await deviceLogins.decide(code, { status, accountId, sessionUid })
        const device = { kind: 'device_approved', subject: uuid(), label: userAgent } as const
        if (status === 'approved') await history.made(origin, device)
        const event = {
          event: `device_login_${status}`,
          accountId,
          ...(ipAddress && { deviceAddress: ipAddress }),
        } as const
        await audit.record(event, origin)
      })
    },
  }
}
