import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Account } from '../accounts/account.ts'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type { DeviceLogins, PendingDeviceLogin, RequestedDeviceLogin } from '../codes/device-logins.ts'
import { PocketError } from '../errors.ts'
import type { AskAudited, AskBefore } from '../hooks.ts'
import { requestContext } from '../http/request-context.ts'
import type { Limiter } from '../limits/limiter.ts'
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
   * Lets it in as this account, or not. Whoever calls has seen to a fresh passkey.
   *
   * @throws as `find` @throws {Forbidden} `forbidden` where `before.approveDevice` refuses: it waits on
   */
  decide(
    req: IncomingMessage,
    decision: { readonly code: string; readonly accountId: string; readonly status: 'approved' | 'denied' },
  ): Promise<void>
}

export interface DeviceLoginServicePorts {
  readonly deviceLogins: DeviceLogins
  readonly startSession: StartSession
  readonly before: AskBefore
  readonly askAudited: AskAudited
  readonly limits: Limiter
  readonly audit: AuditSink
}

export function createDeviceLoginService(ports: DeviceLoginServicePorts): DeviceLoginService {
  const { deviceLogins, startSession, before, askAudited, limits, audit } = ports

  const awaited = async (req: IncomingMessage, { id, token, wait }: DeviceLoginEnd): Promise<Account | undefined> => {
    for (let waited = 0; ; waited += step) {
      const account = await deviceLogins.redeem(id, token)
      if (account) await before('signIn', { account, method: 'device' })
      if (account || waited >= wait || req.socket.destroyed) return account
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
      const account = await awaited(req, end).catch(async (error: unknown) => {
        if (error instanceof PocketError) {
          const event = { event: 'sign_in_failed', code: error.code } as const
          await recordRefusal(audit, { error, event, origin: requestContext(req) })
        }
        throw error
      })
      if (!account) return undefined
      await audit.record({ event: 'signed_in', accountId: account.id, method: 'device' }, requestContext(req))
      await startSession(req, res, { accountId: account.id, method: 'device' })
      return account
    },

    async decide(req, { code, accountId, status }) {
      if (status === 'approved') {
        const { ipAddress, userAgent } = await deviceLogins.find(code)
        const question = { accountId, device: { ipAddress, userAgent } }
        await askAudited('approveDevice', question, { at: 'device-login', origin: requestContext(req) })
      }
      const { ipAddress } = await deviceLogins.decide(code, { status, accountId })
      await audit.record(
        { event: `device_login_${status}`, accountId, ...(ipAddress && { deviceAddress: ipAddress }) },
        requestContext(req),
      )
    },
  }
}
