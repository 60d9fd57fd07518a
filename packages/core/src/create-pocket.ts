import type { IncomingMessage } from 'node:http'
import Koa, { type Middleware } from 'koa'
import Provider from 'oidc-provider'
import { createApiAccess } from './apis/access.ts'
import { createApis } from './apis/apis.ts'
import { forgetClient } from './apis/grants.ts'
import { noAudit } from './audit/audit-sink.ts'
import type { AuditEvent } from './audit/events.ts'
import { createInitialAccessTokens } from './clients/initial-access-tokens.ts'
import { createMetadataDocuments } from './clients/metadata-documents.ts'
import { createClients } from './clients/registration.ts'
import { createSecretUses } from './clients/secret-uses.ts'
import { createSelfRegistration } from './clients/self-registration.ts'
import { removeUnusedClients } from './clients/unused-clients.ts'
import { systemClock } from './clock.ts'
import { codeBrowserToken } from './codes/code-browser.ts'
import { createDeviceLogins } from './codes/device-logins.ts'
import { createLoginCodes } from './codes/login-codes.ts'
import { createConnectionLog } from './connection-log/connection-log.ts'
import { Misconfigured, RateLimited } from './errors.ts'
import { bearerCookie } from './http/bearer-cookie.ts'
import { createBrowserTokens } from './http/browser-token.ts'
import { pinToIssuer } from './http/front.ts'
import { ownOrigin } from './http/own-origin.ts'
import { pageHeaders } from './http/page-headers.ts'
import { requestContext } from './http/request-context.ts'
import { settleResources } from './http/resource-parameter.ts'
import { dropUnreadBody } from './http/unread-body.ts'
import { createConsent } from './interactions/consent.ts'
import { createDeviceAuthorizations } from './interactions/device-authorization.ts'
import { createDeviceLoginService } from './interactions/device-login.ts'
import { createLogin } from './interactions/login.ts'
import { createInteractionPages } from './interactions/pages.ts'
import { createReauthentication, reauthenticationLifetime } from './interactions/reauthentication.ts'
import { createRegistrationService } from './interactions/registration.ts'
import { interactionRoutes } from './interactions/routes.ts'
import { createSignIn } from './interactions/sign-in.ts'
import { issuerUrl, relatedOrigins } from './issuer.ts'
import { clientHere, createLimiter, noLimits } from './limits/limiter.ts'
import { createLogoutNotices } from './logout-notices/logout-notices.ts'
import { createAccessEnds } from './oidc/access-ends.ts'
import { createAdapterFactory } from './oidc/adapter.ts'
import { createFederatedAssertions } from './oidc/client-authentication/federated-assertions.ts'
import { createClientAuthentication } from './oidc/client-authentication/front.ts'
import { clientOfToken, isFirstUse } from './oidc/client-authentication/library.ts'
import { createClientMetadata, sealedSecret } from './oidc/client-metadata.ts'
import { refuseForNow } from './oidc/failed-clients.ts'
import { calledOrigin } from './oidc/internal-addresses.ts'
import { createKeyRing, defaultKeySchedule } from './oidc/keys.ts'
import { sendLogoutToken } from './oidc/logout-notices.ts'
import { createProtocolPages } from './oidc/pages.ts'
import { createPairwiseIdentifier } from './oidc/pairwise.ts'
import { endpointsAt, isBrowserPath, isProtocolPath, protocolRoutes } from './oidc/paths.ts'
import { createPostedRequests } from './oidc/posted-requests.ts'
import { createTokenPreview } from './oidc/preview.ts'
import { createProvider } from './oidc/provider.ts'
import { createProviderHolder, type ProviderHolder } from './oidc/provider-holder.ts'
import { documentEvents } from './oidc/registration/document-events.ts'
import { createOwnSecretFilter } from './oidc/registration/own-secret.ts'
import { createRegistrar } from './oidc/registration/registrar.ts'
import { createSessionRecords } from './oidc/session-records.ts'
import { createSessions } from './oidc/sessions.ts'
import { createWebFinger, webFingerPath } from './oidc/webfinger.ts'
import type { PocketOptions, RegistrationPolicy } from './options.ts'
import { createPublicFetch } from './outbound/public-fetch.ts'
import { createAuthentication } from './passkeys/authentication.ts'
import { createAuthenticatorMetadata } from './passkeys/authenticator-metadata.ts'
import { createChallenges } from './passkeys/challenges.ts'
import { createPasskeyManagement } from './passkeys/management.ts'
import { defaultPasskeyPolicy, type RelyingParty } from './passkeys/policy.ts'
import { createRegistration } from './passkeys/registration.ts'
import { answerRelatedOrigins, relatedOriginsPath } from './passkeys/related-origins.ts'
import type { Pocket } from './pocket.ts'

const minute = 60_000
const closedRegistration: RegistrationPolicy = { mode: 'off', restrictToGroups: false, documentPatterns: [] }
const challengeLifetime = 10 * minute
/** Cleaning keeps what has just expired: clocks of several machines differ. */
const keptAfterExpiry = minute

/** Composes a provider from its options; reads the signing keys, and makes them at the first start. */
export async function createPocket(options: PocketOptions): Promise<Pocket> {
  const { stores, masterKey, audit = noAudit, clock = systemClock } = options
  const sessionLifetime = options.sessionLifetime ?? (async () => ({ length: 3600, idle: 0 }))
  const { authorizationDetailsTypes = {} } = options
  const issuer = issuerUrl(options.issuer)
  const secure = issuer.protocol === 'https:'
  const origins = [issuer.origin, ...relatedOrigins(options.relatedOrigins ?? [])] as const
  const { accounts, transaction } = stores
  const redirectUriPolicy = { allowInsecure: options.allowInsecureRedirectUris ?? true }
  const fetch = options.fetch ?? createPublicFetch()
  const onError = options.onError ?? ((error: unknown, requestId: string) => console.error(requestId, error))

  const limits =
    options.rateLimits === false ? noLimits : createLimiter({ store: stores.limits, audit, clock, onError })

  const keyRing = createKeyRing({
    store: stores.keys,
    masterKey,
    clock,
    transaction,
    schedule: options.keySchedule ?? defaultKeySchedule,
  })
  const apiAccess = createApiAccess(stores)
  const signUpAt = options.signUpAt ?? (async () => null)
  const registrationPolicy = options.registration ?? (async () => closedRegistration)
  const sealSecret = (plain: string) => masterKey.encrypt(sealedSecret, plain)
  const secretUses = createSecretUses({ store: stores.clients, clock, onError: (error) => onError(error, '') })
  const clients = createClients({
    store: stores.clients,
    read: fetch,
    clock,
    redirectUriPolicy,
    transaction,
    secretUses,
    sealSecret,
    onRemove: async (id) => {
      await stores.artifacts.destroyByClient(id)
      await stores.consents.removeByClient(id)
      await forgetClient(stores.apis, id)
      await stores.logoutNotices.removeByClient(id)
      await options.onClientRemoved?.(id)
    },
  })
  const initialAccessTokens = createInitialAccessTokens(stores.initialAccessTokens, clock)
  const registrar = createRegistrar({
    policy: registrationPolicy,
    selfRegistration: createSelfRegistration({
      store: stores.clients,
      read: fetch,
      clock,
      redirectUriPolicy,
      transaction,
      sealSecret,
    }),
    initialAccessTokens,
    clients,
    audit,
    transaction,
  })
  const metadataDocuments = createMetadataDocuments({
    store: stores.clients,
    clock,
    fetch,
    transaction,
    patterns: async () => (await registrationPolicy()).documentPatterns,
    forgetConsents: (id) => stores.consents.removeByClient(id),
  })
  const shared = { audit, onError, clock, secure, sessionLifetime, accounts, consents: stores.consents, apiAccess }
  const adapter = createAdapterFactory({
    artifacts: stores.artifacts,
    clients: stores.clients,
    clientMetadata: createClientMetadata(masterKey, clock, Object.keys(authorizationDetailsTypes)),
    registrar,
    metadataDocuments,
    documentEvents: () => documentEvents(audit, Provider.ctx?.req),
    clock,
    refreshLeeway: leewayOf(options),
  })
  const connectionLog = createConnectionLog({
    store: stores.connectionLog,
    clock,
    onError: (error) => onError(error, ''),
  })
  const logoutNotices = createLogoutNotices({
    store: stores.logoutNotices,
    clock,
    audit,
    send: (notice) => sendLogoutToken(holder.current(), notice),
    onError: (error) => onError(error, ''),
  })
  const holder: ProviderHolder = await createProviderHolder({
    keyRing,
    clock,
    make: (keys) =>
      createProvider({
        ...shared,
        keys,
        fetch,
        authorizationDetailsTypes,
        redirectUriPolicy,
        pairwise: createPairwiseIdentifier(masterKey),
        registrar,
        registrationPolicy,
        signUpIsOpen: async () => (await signUpAt()) !== null,
        nonceSecret: masterKey.derive('dpop nonces'),
        adapter,
        clients: stores.clients,
        issuer: issuer.origin,
        internalOrigin: options.internalOrigin,
        cookieKeys: [masterKey.derive('cookies').toString('base64url')],
        pages: createProtocolPages(options.render, options.remedyOf),
        keepLogoutNotice: logoutNotices.enqueue,
        secretUses,
        noteAttempt: connectionLog.note,
        noteFailedClient: (req, clientId) => limits.note(req, 'client-authentication', clientHere(req, clientId)),
      }),
  })
  const provider = holder.current

  const relyingParty: RelyingParty = {
    rpId: issuer.hostname,
    rpName: options.name,
    origins,
    challengeLifetime,
  }
  const policy = options.passkeyPolicy ?? (async () => defaultPasskeyPolicy)
  const challenges = createChallenges(stores.challenges, clock, challengeLifetime)
  const metadata = createAuthenticatorMetadata(options.readAuthenticatorMetadata, clock)
  const passkeyPorts = { relyingParty, policy, metadata, challenges, passkeys: stores.passkeys, accounts, clock }
  const browserTokens = createBrowserTokens(secure)
  const deviceCookie = bearerCookie({ name: 'device_token', secure, path: '/', maxAge: 900 })
  const loginCodes = createLoginCodes({ codes: stores.codes, accounts, masterKey, clock })
  const sessions = createSessions({ ...shared, provider })
  const signIn = createSignIn({
    authentication: createAuthentication(passkeyPorts),
    loginCodes,
    browserTokens,
    deviceCookie,
    startSession: sessions.start,
    limits,
    audit,
    clock,
  })
  const registration = createRegistrationService({
    registration: createRegistration(passkeyPorts),
    browserTokens,
    strengthenSession: sessions.strengthen,
    audit,
  })
  const deviceLogins = createDeviceLoginService({
    deviceLogins: createDeviceLogins({ store: stores.deviceLogins, accounts, masterKey, clock }),
    startSession: sessions.start,
    limits,
    audit,
  })
  const reauthentication = createReauthentication({
    store: stores.reauthentications,
    sessions,
    signIn,
    passkeys: stores.passkeys,
    cookie: bearerCookie({
      name: 'reauthentication_token',
      secure,
      path: '/',
      maxAge: reauthenticationLifetime / 1000,
    }),
    limits,
    clock,
  })
  const deviceAuthorizations = createDeviceAuthorizations({
    authorizationDetailsTypes,
    ...shared,
    provider,
    sessions,
    signIn,
    reauthentication,
  })
  const consent = createConsent({ authorizationDetailsTypes, ...shared, provider, sessions })
  const interactions = interactionRoutes({
    provider,
    login: createLogin({ provider, sessions, signIn }),
    consent,
    pages: createInteractionPages({
      provider,
      consent,
      requestPasskey: signIn.request,
      accounts,
      sessions,
      otherWaysAt: options.otherWaysAt ?? null,
      signUpAt,
      emailCodesAt: options.emailCodesAt ?? (async () => null),
    }),
    render: options.render,
    audit,
    clock,
    originOf: (req) => ownOrigin(req, origins),
    async signOut({ req, res }, uid) {
      const accountId = await sessions.endOne(req, res, uid)
      if (accountId) await record({ event: 'signed_out', accountId }, req)
    },
  })

  const authenticateClient = createClientAuthentication({
    assertAdmitted: (req, clientId) => limits.check(req, 'client-authentication', clientHere(req, clientId)),
    findClient: clients.find,
    federated: createFederatedAssertions({
      fetch,
      issuer: issuer.origin,
      now: () => clock.now(),
      isFirstUse: (iss, jti, exp) => isFirstUse(provider(), { iss, jti, exp }),
    }),
    clientOfToken: (token) => clientOfToken(provider(), token),
  })
  const filterOwnSecret = createOwnSecretFilter({ findClient: clients.find, clock })
  const webFinger = createWebFinger({ issuer: issuer.origin, domains: options.webFingerDomains ?? (() => []) })

  const answerPosted = createPostedRequests({ issuer: issuer.origin, render: options.render, audit })

  const koa = (): Middleware => async (ctx, next) => {
    try {
      await answer(ctx, next)
    } finally {
      logoutNotices.flush()
    }
  }

  const answer: Middleware = async (ctx, next) => {
    const { requestId } = requestContext(ctx.req, options.trustProxy)
    ctx.res.setHeader('X-Request-ID', requestId)
    dropUnreadBody(ctx.req, ctx.res)
    const origin = ownOrigin(ctx.req, origins, options.trustProxy)
    pinToIssuer(ctx.req, calledOrigin(ctx.req, ctx.path, issuer, options.internalOrigin))
    // Its sessions and interactions are those of one origin.
    if (origin !== issuer.origin && isBrowserPath(ctx.path)) {
      ctx.redirect(issuer.origin + ctx.req.url)
      ctx.status = 307
      return
    }
    if (ctx.path === relatedOriginsPath) {
      ctx.respond = false
      return answerRelatedOrigins(ctx.res, origins)
    }
    if (ctx.path.startsWith('/interaction/')) return interactions(ctx, next)
    if (ctx.path === webFingerPath) {
      ctx.respond = false
      return webFinger(ctx.req, ctx.res)
    }
    if (!isProtocolPath(ctx.path)) return next()
    if (await answerPosted(ctx)) return
    settleResources(ctx.req)
    await holder.refresh((error) => onError(error, requestId))
    pageHeaders(ctx.res, 'to-clients')
    ctx.respond = false
    ctx.res.statusCode = 200
    try {
      if (ctx.path === protocolRoutes.registration && ctx.method === 'POST' && !ctx.get('Authorization'))
        await limits.take(ctx.req, 'client-registration')
      await authenticateClient(ctx.req, ctx.path)
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
      return refuseForNow(ctx.res, error)
    }
    await filterOwnSecret(ctx.req, ctx.path)
    await holder.handle(ctx.req, ctx.res)
  }

  const ends = createAccessEnds({ stores, provider })

  const record = (event: AuditEvent, req: IncomingMessage) => audit.record(event, requestContext(req))

  return {
    issuer: issuer.origin,
    originOf: (req) => ownOrigin(req, origins, options.trustProxy),
    endpoints: endpointsAt(issuer.origin),
    clients,
    initialAccessTokens,
    refreshMetadataDocument: (id, req) => metadataDocuments.refresh(id, documentEvents(audit, req)),
    apis: createApis({ store: stores.apis, clients: stores.clients, clock, transaction, issuer: issuer.origin }),
    connectionLog,
    passkeys: createPasskeyManagement(stores.passkeys),
    registration,
    signIn,
    reauthentication,
    deviceLogins,
    deviceAuthorizations,
    limits,
    koa,
    callback: () =>
      new Koa()
        .use(koa())
        .on('error', (error: unknown, ctx?: Koa.Context) =>
          onError(error, ctx ? requestContext(ctx.req).requestId : ''),
        )
        .callback(),
    session: (req, res) => sessions.read(req, res),
    sessions: createSessionRecords({ provider, artifacts: stores.artifacts, transaction, clock }),
    async signOut(req, res) {
      const accountId = await sessions.end(req, res)
      if (accountId) await record({ event: 'signed_out', accountId }, req)
    },
    issueLoginCode: ({ id }, lifetime, browserToken) => loginCodes.issue(id, lifetime, browserToken),
    bindBrowser(req, res, address) {
      const token = codeBrowserToken(masterKey, address)
      deviceCookie.give(req, res, token)
      return token
    },
    ...ends,
    previewTokens: createTokenPreview({ provider, accounts, clock }),
    async rotateKeys() {
      const kids = await keyRing.rotate()
      if (kids.length === 0) return
      await holder.reload()
      for (const kid of kids)
        await audit.record({ event: 'keys_rotated', kid }, { requestId: null, ipAddress: null, userAgent: null })
    },
    async removeExpired(limit) {
      const before = clock.now() - keptAfterExpiry
      const removed = await Promise.all(
        [
          stores.artifacts,
          stores.challenges,
          stores.codes,
          stores.deviceLogins,
          stores.initialAccessTokens,
          stores.limits,
          stores.reauthentications,
        ].map((store) => store.removeExpired(before, limit)),
      )
      return removed.reduce((sum, count) => sum + count, 0)
    },
    removeUnusedClients: (unusedFor, limit) =>
      removeUnusedClients({ store: stores.clients, clients, audit, clock, transaction }, unusedFor, limit),
    async refreshAuthenticatorMetadata() {
      if ((await policy()).attestation === 'required') await metadata.refresh()
    },
    sendLogoutNotices: (signal) => logoutNotices.sendDue(signal),
    provider,
    async [Symbol.asyncDispose]() {
      await logoutNotices.settled()
      await secretUses.settled()
      await connectionLog.settled()
    },
  }
}

function leewayOf({ refreshLeeway = 3 }: PocketOptions): number {
  if (refreshLeeway >= 0 && refreshLeeway <= 10) return refreshLeeway
  throw new Misconfigured(`A refresh token has a leeway of 0 to 10 seconds, not ${refreshLeeway}.`)
}
