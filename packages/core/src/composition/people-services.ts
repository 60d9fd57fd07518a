import type { IncomingMessage, ServerResponse } from 'node:http'
import { eligibleAccount } from '../accounts/eligibility.ts'
import { createCodeBrowserToken } from '../codes/code-browser.ts'
import { createDeviceLogins } from '../codes/device-logins.ts'
import { createLoginCodes } from '../codes/login-codes.ts'
import { bearerCookie } from '../http/bearer-cookie.ts'
import { createBrowserTokens } from '../http/browser-token.ts'
import { createDeviceAuthorizations } from '../interactions/device-authorization.ts'
import { createDeviceLoginService } from '../interactions/device-login.ts'
import { createMailedCodes } from '../interactions/mailed-codes.ts'
import { createReauthentication, reauthenticationLifetime } from '../interactions/reauthentication.ts'
import { createRegistrationService } from '../interactions/registration.ts'
import { createSignIn } from '../interactions/sign-in.ts'
import { createSignUp } from '../interactions/sign-up.ts'
import { sessionArtifactsOf } from '../oidc/session-artifacts.ts'
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

/** Creates the services for sign-in, re-authentication and device logins. */
export function createUserServices(options: ResolvedOptions, { apiAccess }: ClientServices, { holder }: Engine) {
  const { stores, clock, audit, masterKey, secure, cookieSuffix, limits, authorizationDetailsTypes } = options
  const { accounts } = stores
  const provider = holder.current
  const metadata = createAuthenticatorMetadata(options.readAuthenticatorMetadata, clock)
  const challenges = createChallenges({
    store: stores.spentChallenges,
    sealer: createSealer(masterKey.derive('challenges')),
    clock,
    lifetime: challengeLifetime,
  })
  const passkeyPorts = {
    relyingParty: { rpId: options.issuer.hostname, rpName: options.name, origins: options.origins, challengeLifetime },
    policy: options.passkeyPolicy,
    metadata,
    challenges,
    passkeys: stores.passkeys,
    accounts,
    clock,
    transaction: stores.transaction,
  }
  const browserTokens = createBrowserTokens(secure, cookieSuffix)
  const history = createSessionHistory({
    store: stores.sessionHistory,
    passkeys: stores.passkeys,
    assertEligible: (accountId) => eligibleAccount(accounts, accountId),
    async isAlive(uid) {
      const found = await stores.artifacts.findByUid('Session', uid)
      return found !== undefined && (found.expiresAt ?? Number.POSITIVE_INFINITY) > clock.now()
    },
    hasArtifacts: async ({ accountId, uid }) =>
      (await sessionArtifactsOf(stores.artifacts, accountId)).some(({ sessionUid }) => sessionUid === uid),
    transaction: stores.transaction,
    clock,
  })
  const deviceCookie = bearerCookie({ name: `device_token${cookieSuffix}`, secure, path: '/', maxAge: 900 })
  const loginCodes = createLoginCodes({
    codes: stores.codes,
    accounts,
    recordCredential: history.recordCredential,
    before: options.audited,
    transaction: stores.transaction,
    audit,
    masterKey,
    clock,
  })
  const sharedPorts = {
    provider,
    audit,
    clock,
    secure,
    onError: options.onError,
    sessionLifetime: options.sessionLifetime,
    accounts,
    makeClaims: options.makeClaims,
    runAccessChecks: options.runAccessChecks,
    consents: stores.consents,
    apiAccess,
    authorizationDetailsTypes,
    audited: options.audited,
    browserOf: browserTokens.browserId,
    artifacts: stores.artifacts,
    history,
    transaction: stores.transaction,
  }
  const sessions = createSessions(sharedPorts)
  const signIn = createSignIn({
    authentication: createAuthentication(passkeyPorts),
    loginCodes,
    browserTokens,
    deviceCookie,
    startSession: sessions.start,
    lockAccount: stores.sessionHistory.lockAccount.bind(stores.sessionHistory),
    accounts,
    before: options.before,
    limits,
    audit,
    clock,
    transaction: stores.transaction,
  })
  const reauthentication = createReauthentication({
    store: stores.reauthentications,
    sessions,
    signIn,
    history,
    cookie: bearerCookie({
      name: `reauthentication_token${cookieSuffix}`,
      secure,
      path: '/',
      maxAge: reauthenticationLifetime / 1000,
    }),
    limits,
    clock,
  })
  const registration = createRegistrationService({
    registration: createRegistration(passkeyPorts),
    browserTokens,
    before: options.before,
    sessions,
    history,
    audit,
  })
  const bindBrowser = (req: IncomingMessage, res: ServerResponse, address: string): string => {
    const token = createCodeBrowserToken(masterKey, address)
    deviceCookie.set(req, res, token)
    return token
  }
  return {
    challenges,
    metadata,
    history,
    loginCodes,
    sessions,
    signIn,
    reauthentication,
    registration,
    bindBrowser,
    mailedCodes: createMailedCodes({
      name: options.name,
      accounts,
      mailer: options.mailer,
      hookTimeout: options.hookTimeout,
      loginCodes,
      bindBrowser,
      limits,
      onError: options.onError,
    }),
    signUp: createSignUp({
      accounts,
      registration,
      before: options.before,
      startSession: sessions.start,
      limits,
      audit,
      transaction: stores.transaction,
    }),
    deviceLogins: createDeviceLoginService({
      deviceLogins: createDeviceLogins({ store: stores.deviceLogins, accounts, masterKey, clock }),
      startSession: sessions.start,
      history,
      transaction: stores.transaction,
      before: options.before,
      audited: options.audited,
      limits,
      audit,
    }),
    deviceAuthorizations: createDeviceAuthorizations({ ...sharedPorts, sessions, signIn, reauthentication }),
  }
}
