import type { PendingDeviceLogin } from '@pocket/core'
import { NotAuthenticatedError } from '@pocket/core/errors'
import { assertCondition } from '../access/guard.ts'
import type { GeoIp } from '../geoip/geoip.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, objectOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import { findExistingUser } from '../users/find-existing-user.ts'
import { userDto, userSchema } from '../users/user-dto.ts'
import { withRestErrors } from '../webauthn/rest-errors.ts'
import { waitingCookie } from './cookie.ts'
import { waitTime } from './wait.ts'

const accountApi = operationsIn('account')

const code = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  description: 'The code that the waiting device shows.',
} as const
const locationText = { type: 'string', description: 'Empty if unknown.' } as const
/** Polling interval of the waiting device, in seconds. */
const interval = 3

const requestSchema = namedObject('DeviceLoginRequestDto', {
  id: { type: 'string', description: 'The user code.' },
  userCode: { type: 'string' },
  verificationUri: { type: 'string', format: 'uri' },
  verificationUriComplete: { type: 'string', format: 'uri' },
  expiresAt: instant,
  interval: { type: 'integer', description: 'Seconds.' },
})

const verificationSchema = namedObject('DeviceLoginVerificationDto', {
  userCode: { type: 'string' },
  device: { type: 'string', description: 'Browser and operating system of the waiting device.' },
  ipAddress: { type: ['string', 'null'] },
  country: locationText,
  city: locationText,
  expiresAt: instant,
})

/** `/api/device-login`: signs in a device with the approval of another device. */
export function deviceLoginOperations(deps: Deps & { readonly geoIp: GeoIp }): readonly Operation[] {
  return [...requestOperations(deps), ...decisionOperations(deps)]
}

function requestOperations({ pocket, directory }: Deps): readonly Operation[] {
  const cookieOf = (id: string) => waitingCookie(pocket.issuer, `/api/device-login/requests/${id}/exchange`)
  return [
    accountApi.post('/api/device-login/requests', {
      id: 'requestDeviceLogin',
      summary: 'Request sign-in with the approval of another device',
      response: { status: 201, schema: requestSchema },
      async handle({ ctx }) {
        const { token, userCode, expiresAt } = await pocket.deviceLogins.request(ctx.req)
        cookieOf(userCode).give(ctx, token)
        return {
          id: userCode,
          userCode,
          verificationUri: `${pocket.issuer}/device`,
          verificationUriComplete: `${pocket.issuer}/device?user_code=${userCode}`,
          expiresAt: new Date(expiresAt).toISOString(),
          interval,
        }
      },
    }),
    accountApi.post('/api/device-login/requests/:id/exchange', {
      id: 'exchangeDeviceLogin',
      summary: 'Wait for the approval, for 25 seconds or for the time in `Prefer: wait=SECONDS`',
      response: { status: 200, schema: userSchema, pending: true },
      async handle({ params: { id = '' }, ctx }) {
        const token = cookieOf(id).read(ctx)
        if (token === undefined)
          throw new NotAuthenticatedError(
            'device_login_expired',
            'This browser has no pending sign-in request, or it has expired.',
          )
        return withRestErrors(ctx, 'authentication', async () => {
          const account = await pocket.deviceLogins.redeem(ctx.req, ctx.res, { id, token, wait: waitTime(ctx) })
          return account && userDto(await findExistingUser(directory, account.id))
        })
      },
    }),
  ]
}

function decisionOperations({ pocket, geoIp }: Deps & { readonly geoIp: GeoIp }): readonly Operation[] {
  const limit = 'device-login-verification'
  return [
    accountApi.post('/api/device-login/verification', {
      id: 'readDeviceLogin',
      limit,
      summary: 'Get the device that requests to sign in',
      body: objectOf({ code }),
      response: { status: 200, schema: verificationSchema },
      async handle({ body }) {
        const pending = await pocket.deviceLogins.find(body.code)
        return { ...verificationDto(pending), ...geoIp.locate(pending.ipAddress) }
      },
    }),
    accountApi.post('/api/device-login/verification/decision', {
      id: 'decideDeviceLogin',
      limit,
      summary: 'Approve or deny the sign-in of the device; approval requires a passkey used within the last minute',
      body: objectOf({ code, decision: { type: 'string', enum: ['approve', 'deny'] } }),
      async handle({ user, body, ctx }) {
        const status = body.decision === 'approve' ? 'approved' : 'denied'
        // Checks the code first, so that a mistyped code does not consume the passkey proof.
        await pocket.deviceLogins.find(body.code)
        if (status === 'approved') await assertCondition(ctx, 'device-approval')
        await pocket.deviceLogins.decide(ctx.req, { code: body.code, accountId: user.id, status })
      },
    }),
  ]
}

function verificationDto({ userCode, userAgent, ipAddress, expiresAt }: PendingDeviceLogin) {
  return {
    userCode,
    device: deviceOf(userAgent),
    ipAddress,
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
