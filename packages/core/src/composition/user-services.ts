import type { IncomingMessage, ServerResponse } from 'node:http'
import { createCodeBrowserToken } from '../codes/code-browser-token.ts'
import { createDeviceLogins } from '../codes/device-logins.ts'
import { createLoginCodes } from '../codes/login-codes.ts'
import { type CeremonyMessage, ceremonies as ceremonyChannel, trace } from '../diagnostics.ts'
import { bearerCookie } from '../http/bearer-cookie.ts'
import { createBrowserTokens } from '../http/browser-token.ts'
import { createDeviceAuthorizations } from '../interactions/device-authorization.ts'
import { createDeviceLoginService } from '../interactions/device-login.ts'
import { createMailedCodes } from '../interactions/mailed-codes.ts'
import { createReauthentication } from '../interactions/reauthentication.ts'
import { createRecovery } from '../interactions/recovery.ts'
import { createRegistrationService } from '../interactions/registration.ts'
import type { InteractionServices } from '../interactions/services.ts'
import { createRecordedSignIn, createSignIn } from '../interactions/sign-in.ts'
import { createSignUp } from '../interactions/sign-up.ts'
import { listSessionArtifacts } from '../oidc/session-artifacts.ts'
import { createSessions } from '../oidc/sessions.ts'
import { createAuthentication } from '../passkeys/authentication.ts'
import { createAuthenticatorMetadata } from '../passkeys/authenticator-metadata.ts'
import { createChallenges } from '../passkeys/challenges.ts'
import { createRegistration } from '../passkeys/registration.ts'
import { createSealer } from '../sealing.ts'
import { createSessionHistory } from '../sessions/session-history.ts'
import type { ClientServices } from './client-services.ts'
import type { Engine } from './engine.ts'
import type { ResolvedOptions } from './resolved-options.ts'

/** Milliseconds. */
const challengeLifetime = 600_000

export type UserServices = ReturnType<typeof createUserServices>

export function createUserServices(options: ResolvedOptions, { apiAccess }: ClientServices, { holder }: Engine) {
  const { stores, clock, masterKey, secure, cookieName } = options
  const { accounts } = stores
  const provider = holder.current
  const metadata = createAuthenticatorMetadata(options.readAuthenticatorMetadata, clock)
  const challenges = createChallenges(
    stores.spentChallenges,
    createSealer(masterKey.derive('challenges')),
    clock,
    challengeLifetime,
  )
  const ceremonies = {
    relyingParty: { rpId: options.issuer.hostname, rpName: options.name, origins: options.origins, challengeLifetime },
    policy: options.passkeyPolicy,
    challenges,
    passkeys: stores.passkeys,
    clock,
    transaction: stores.transaction,
  }
  const browserTokens = createBrowserTokens(options)
  const history = createSessionHistory(options, async ({ accountId, uid }) =>
    (await listSessionArtifacts(stores.artifacts, accountId)).some(({ sessionUid }) => sessionUid === uid),
  )
  const deviceCookie = bearerCookie({ name: cookieName('device_token'), secure, path: '/', maxAge: 900 })
  const loginCodes = createLoginCodes(options, history.recordCredential)
  const sessions = createSessions(options, provider, { history, browserTokens })
  const signIn = createSignIn(options, {
    authentication: tracedCeremony('authentication', createAuthentication(ceremonies)),
    loginCodes,
    browserTokens,
    deviceCookie,
    sessions,
  })
  const registration = createRegistrationService(options, {
    registration: tracedCeremony('registration', createRegistration(ceremonies, metadata)),
    browserTokens,
    sessions,
    history,
  })
  const bindBrowser = (req: IncomingMessage, res: ServerResponse, address: string): string => {
    const token = createCodeBrowserToken(masterKey, address)
    deviceCookie.set(req, res, token)
    return token
  }
  const interactionServices: InteractionServices = {
    provider,
    apiAccess,
    sessions,
    history,
    signIn,
    signUp: createSignUp(options, registration, sessions),
    mailedCodes: createMailedCodes(options, loginCodes, bindBrowser),
  }
  const deviceLogins = createDeviceLogins({ store: stores.deviceLogins, accounts, masterKey, clock })
  const reauthentication = createReauthentication(options, interactionServices)
  return {
    ...interactionServices,
    reauthentication,
    challenges,
    metadata,
    loginCodes,
    registration,
    recovery: createRecovery(options, { registration, history, startSession: createRecordedSignIn(options, sessions) }),
    bindBrowser,
    deviceLogins: createDeviceLoginService(options, deviceLogins, interactionServices),
    deviceAuthorizations: createDeviceAuthorizations(options, interactionServices, reauthentication),
  }
}

/** Publishes each verification of a response. */
function tracedCeremony<Response, Verified, Ceremony extends { verify(response: Response): Promise<Verified> }>(
  ceremony: CeremonyMessage['ceremony'],
  service: Ceremony & { verify(response: Response): Promise<Verified> },
): Ceremony {
  return {
    ...service,
    verify: (response: Response) => trace(ceremonyChannel, { ceremony }, () => service.verify(response)),
  }
}
