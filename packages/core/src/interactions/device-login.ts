import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Account } from '../accounts/account.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type { DeviceLogins, NewDeviceLogin, PendingDeviceLogin, RedeemedDeviceLogin } from '../codes/device-logins.ts'
import type { CoreContext } from '../context.ts'
import { PocketError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import { uuid } from '../random.ts'
import type { InteractionServices } from './services.ts'
import { createRecordedSignIn } from './sign-in.ts'

/** Poll interval of a waiting request, in milliseconds. */
const pollInterval = 1000

export interface DeviceLoginEnd {
  readonly id: string
  /** The secret of the waiting browser. */
  readonly token: string
  /** How long to wait for a decision, in milliseconds. */
  readonly wait: number
}

/** Sign-in with another device, for both devices. */
export interface DeviceLoginService {
  /** Requests a sign-in for this device. @throws {RateLimitedError} `rate_limited` */
  request(req: IncomingMessage): Promise<NewDeviceLogin>
  /** The user code of a token, to show it again. */
  userCodeOf(token: string): string
  /**
   * Starts the session of this device after approval; returns `undefined` while there is no decision.
   *
   * @throws {NotAuthenticatedError} `device_login_expired` if it is unknown, used, expired or from another browser
   * @throws {ForbiddenError} `device_login_denied`, `account_disabled`, `account_not_found`, or `sign_in_refused` if `hooks.before.signIn`
   * refuses
   * @throws {RateLimitedError} `rate_limited`
   */
  redeem(req: IncomingMessage, res: ServerResponse, end: DeviceLoginEnd): Promise<Account | undefined>
  /** The pending request. @throws {NotAuthenticatedError} `device_code_invalid` */
  find(code: string): Promise<PendingDeviceLogin>
  /**
   * Approves or denies the request as this account. The caller must have verified a recent passkey authentication
   * (`ReauthenticationService.demand`). The device is signed out if the passkey of the approving session is removed.
   *
   * @throws the same errors as `find` @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended
   * @throws {ForbiddenError} `forbidden` if `hooks.before.approveDevice` refuses; the request remains pending
   */
  decide(
    req: IncomingMessage,
    decision: { readonly code: string; readonly accountId: string; readonly status: 'approved' | 'denied' },
  ): Promise<void>
}

export function createDeviceLoginService(
  context: CoreContext,
  deviceLogins: DeviceLogins,
  { sessions, history }: InteractionServices,
): DeviceLoginService {
  const { before, audited, limits, audit, stores } = context
  const { transaction } = stores
  const recordSignIn = createRecordedSignIn(context, sessions)

  const waitForDecision = async (
    req: IncomingMessage,
    { id, token, wait }: DeviceLoginEnd,
  ): Promise<RedeemedDeviceLogin | undefined> => {
    for (let elapsed = 0; ; elapsed += pollInterval) {
      const redeemed = await deviceLogins.redeem(id, token)
      if (redeemed) await before('signIn', { account: redeemed.account, method: 'device' })
      if (redeemed || elapsed >= wait || req.socket.destroyed) return redeemed
      await setTimeout(Math.min(pollInterval, wait - elapsed))
    }
  }

  return {
    async request(req) {
      await limits.consume(req, 'device-login-create')
      return deviceLogins.request(requestContext(req))
    },
    userCodeOf: deviceLogins.userCodeOf,
    find: deviceLogins.find,

    async redeem(req, res, end) {
      await limits.consume(req, 'device-login-exchange')
      const finish = async () => {
        const redeemed = await waitForDecision(req, end)
        if (!redeemed) return undefined
        const { account, approvingSessionUid } = redeemed
        await recordSignIn(req, res, { accountId: account.id, method: 'device', approvingSessionUid })
        return account
      }
      return finish().catch(async (error: unknown) => {
        if (error instanceof PocketError) {
          const { accountId } = error.details
          const about = { code: error.code, method: 'device', ...(accountId && { accountId }) } as const
          await recordRefusal(audit, {
            error,
            event: { event: 'sign_in_failed', ...about },
            origin: requestContext(req),
          })
        }
        throw error
      })
    },

    async decide(req, { code, accountId, status }) {
      const { ipAddress, userAgent } = await deviceLogins.find(code)
      if (status === 'approved') {
        const hookInput = { accountId, device: { ipAddress, userAgent } }
        await audited('approveDevice', hookInput, { at: 'device-login', origin: requestContext(req) })
      }
      const origin = requestContext(req)
      const { sessionUid = null } = origin
      await transaction(async () => {
        const device = { kind: 'device_approved', subject: uuid(), label: userAgent } as const
        // Locks the account before the device login, as every end of sessions does.
        if (status === 'approved') await history.recordCredential(origin, device)
        await deviceLogins.decide(code, { status, accountId, sessionUid })
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
