import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { announcedPollInterval, createUserCode } from '../codes/user-codes.ts'
import { ConfigurationError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import type { ResponseStep } from './after-response.ts'
import type { ProviderContext } from './provider-context.ts'

/** Path of the page where users enter the code; Pocket serves it instead of the library. */
export const deviceVerificationPath = '/device'

/** Never called, because Pocket serves `/device` (`interactions/device-authorization.ts`). */
const rejectLibraryPage = async (): Promise<never> => {
  throw new ConfigurationError('The library must not serve the pages of the device flow.')
}

/** The device flow (RFC 8628). */
export const deviceFlow: NonNullable<Configuration['features']>['deviceFlow'] = {
  enabled: true,
  deviceInfo: ({ req }) => {
    const { ipAddress, userAgent } = requestContext(req)
    return { ipAddress, userAgent }
  },
  userCodeInputSource: rejectLibraryPage,
  userCodeConfirmSource: rejectLibraryPage,
  successSource: rejectLibraryPage,
}

/** Replaces the library's user codes with codes in Pocket's format, and announces the poll interval. */
export function generateUserCodes({ issuer }: ProviderContext): ResponseStep {
  const generate = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { DeviceCode: code } = ctx.oidc.entities
    if (!code) return
    code.userCode = createUserCode()
    await code.save()
    const page = issuer.id + deviceVerificationPath
    // The cast is safe: the library always sets an object here.
    const body = ctx.body as object
    ctx.body = {
      ...body,
      user_code: code.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?${new URLSearchParams({ user_code: code.userCode })}`,
      interval: announcedPollInterval,
    }
  }
  return (ctx) => (ctx.oidc?.route === 'device_authorization' && ctx.status === 200 ? generate(ctx) : undefined)
}
