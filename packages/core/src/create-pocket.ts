import type { IncomingMessage, ServerResponse } from 'node:http'
import { boolean, invalidArgument, isObject, optional, response as responseArgument } from './arguments.ts'
import { noOrigin } from './audit/audit-sink.ts'
import { claimIssuer } from './change-issuer.ts'
import { removeUnusedClients } from './clients/unused-clients.ts'
import { withCheckedArguments } from './composition/arguments.ts'
import { createClientServices } from './composition/client-services.ts'
import { createEngine } from './composition/engine.ts'
import { maintain } from './composition/maintenance.ts'
import { createDocumentHandler, createMiddleware } from './composition/middleware.ts'
import { resolveOptions } from './composition/resolved-options.ts'
import { createUserServices } from './composition/user-services.ts'
import { createAssertions } from './forward-auth/assertions.ts'
import { createForwardAuth } from './forward-auth/forward-auth.ts'
import { createSiteTest } from './forward-auth/site-test.ts'
import { type CallbackOptions, createCallback } from './http/callback.ts'
import { toOriginForm } from './http/issuer-request.ts'
import { configuredOrigin } from './http/own-origin.ts'
import { requestContext } from './http/request-context.ts'
import { createFetch, toNodeExchange } from './http/web-standard.ts'
import { interactionClient } from './interactions/interaction.ts'
import { createAccessRevocation } from './oidc/access-ends.ts'
import { createClientTrial } from './oidc/client-trial/client-trial.ts'
import { getEndpoints } from './oidc/paths.ts'
import { createTokenPreview } from './oidc/preview.ts'
import { documentEvents } from './oidc/registration/document-events.ts'
import { createSessionClosure } from './oidc/session-closure-ends.ts'
import { lockSessionsOfAccount } from './oidc/session-ends.ts'
import { createSessionRecords } from './oidc/session-records.ts'
import { createSiteSessions } from './oidc/site-sessions.ts'
import type { PocketOptions } from './options.ts'
import { createPublicFetch } from './outbound/public-fetch.ts'
import { createPasskeyManagement } from './passkeys/management.ts'
import type { Pocket } from './pocket.ts'
import { createPasskeyRemovals } from './sessions/passkey-removals.ts'
import type { Session } from './sessions/session.ts'

/** Milliseconds to keep expired rows, because the clocks of several machines differ. */
const removalDelay = 60_000

/**
 * Creates a provider from its options. Reads the signing keys, or creates them at the first start, and stores the issuer then.
 *
 * @throws {ConfigurationError} for invalid options, and if the stores belong to another issuer: see `changeIssuer`
 *
 * @example
 * ```ts
 * await using pocket = await createPocket({
 *   issuer: 'https://id.example.com',
 *   masterKey: process.env.MASTER_KEY ?? '',
 *   accounts: { find: (id) => people.get(id) },
 *   stores: typeormStores(dataSource),
 * })
 * createServer(pocket.callback()).listen(3000)
 * ```
 */
export async function createPocket(pocketOptions: PocketOptions): Promise<Pocket> {
  const options = resolveOptions(pocketOptions)
  const { stores, audit, clock, issuer, origins, trustProxy, limits, onError } = options
  const { accounts } = stores
  await claimIssuer(stores.issuer, issuer.id)

  const services = createClientServices(options, (clientIds) => endAccessTo(clientIds))
  const { clients, initialAccessTokens, metadataDocuments, apis, connectionLog, secretUses } = services
  const engine = await createEngine(options, services)
  const { holder, keyRing, logoutNotices } = engine
  const provider = holder.current
  const {
    revokeAccessToClients: endAccessTo,
    revokeAccessOfGroupsRequiringPasskeys: endAccessAfterRemoval,
    ...accessRevocation
  } = createAccessRevocation(options, provider)
  const userServices = createUserServices(options, services, engine)
  const { sessions, history, loginCodes, mailedCodes, metadata } = userServices
  const { signIn, registration, reauthentication, deviceLogins, deviceAuthorizations } = userServices
  const middleware = createMiddleware(options, engine, userServices)
  const serveDocument = createDocumentHandler(options, engine)

  const siteSessions = createSiteSessions(options, provider)
  const forwardAuth = createForwardAuth(options, {
    ...{ siteSessions, secretUses, record: connectionLog.record, trustProxy: trustProxy ?? (() => false) },
    siteTexts: options.siteTexts,
    assert: createAssertions(issuer.id, clock, engine),
  })
  const { end: endSessions, removing: runRemoval } = createSessionClosure(options, provider, endAccessAfterRemoval)
  const preview = createTokenPreview(options, provider)
  const callback = (callbackOptions: CallbackOptions = {}) => {
    if (!isObject(callbackOptions) || Object.keys(callbackOptions).some((name) => name !== 'forwardAuth'))
      throw invalidArgument('options', 'may contain forwardAuth only; mount the result of pocket.callback()')
    optional(boolean('forwardAuth'))(callbackOptions.forwardAuth)
    return createCallback(callbackOptions.forwardAuth ? [forwardAuth, middleware] : [middleware], onError)
  }

  async function readSession(
    request: IncomingMessage | Headers,
    response?: ServerResponse,
  ): Promise<Session | undefined> {
    const isObject = typeof request === 'object' && request !== null
    const isExchange = isObject && 'socket' in request
    // Headers of frameworks can have more members, such as `headers`.
    if (!isObject || Array.isArray(request) || (!isExchange && typeof request[Symbol.iterator] !== 'function'))
      throw invalidArgument(
        'request',
        'must be web-standard headers, such as request.headers, or a request of node:http',
      )
    if (isExchange) return sessions.read(request, responseArgument(response))
    const { req, res } = toNodeExchange(request)
    return sessions.read(req, res)
  }

  const pocket: Pocket = {
    issuer: issuer.id,
    originOf: (req) => configuredOrigin(req, origins, trustProxy),
    endpoints: getEndpoints(issuer.id),
    clients,
    initialAccessTokens,
    refreshMetadataDocument: (id, req) => metadataDocuments.refresh(id, documentEvents(audit, req)),
    apis,
    connectionLog: { list: connectionLog.list, latest: connectionLog.latest },
    accounts,
    passkeys: createPasskeyManagement(options, runRemoval),
    passkeyRemovals: createPasskeyRemovals(options, {
      endSessions,
      lockSessions: (accountId) => lockSessionsOfAccount(stores.artifacts, accountId),
    }),
    recordCredential: (origin, credential) => history.recordCredential(origin, credential),
    lockAccountOf: (origin) => history.lockAccountOf(origin),
    authenticatorMetadata: metadata,
    registration,
    signIn,
    signUp: userServices.signUp,
    recovery: userServices.recovery,
    reauthentication,
    deviceLogins,
    deviceAuthorizations,
    limits,
    koa: () => middleware,
    serveDocument: async (req, res) => serveDocument(toOriginForm(req.url ?? '') ?? '', req, res),
    forwardAuth: () => forwardAuth,
    testSiteRequest: createSiteTest(options),
    callback,
    fetch: createFetch(callback),
    browserModule: options.assets.browserModule,
    session: readSession,
    interactionClient: (path, exchange) =>
      interactionClient(provider(), path, {
        sealer: engine.interactionSealer,
        exchange: exchange && { ...exchange, now: clock.now() },
      }),
    sessions: createSessionRecords(options, provider),
    async signOut(req, res) {
      const accountId = await sessions.end(req, res)
      if (accountId) await audit.record({ event: 'signed_out', accountId }, requestContext(req))
    },
    issueLoginCode: ({ id }, lifetime, codeOptions) => loginCodes.issue(String(id), lifetime, codeOptions),
    mailLoginCode: (req, res, login) => mailedCodes.send(req, res, login),
    bindBrowser: userServices.bindBrowser,
    ...accessRevocation,
    previewTokens: preview,
    testClient: createClientTrial(options, provider, {
      clients,
      preview,
      createMark: engine.trialMarks.create,
      fetch: createPublicFetch({ allowedPrivateHosts: [new URL(issuer.id).hostname.replace(/^\[|\]$/g, '')] }),
    }),
    async maintain(maintenance) {
      const { signal } = maintenance ?? {}
      if (!(signal instanceof AbortSignal)) throw invalidArgument('signal', 'must be an AbortSignal')
      await maintain(pocket, { signal, onError: (error) => onError(error, '') })
    },
    async rotateKeys() {
      const kids = await keyRing.rotate()
      if (kids.length === 0) return
      await holder.reload()
      for (const kid of kids) await audit.record({ event: 'keys_rotated', kid }, noOrigin)
    },
    async verifyKeys() {
      await keyRing.load()
    },
    async replaceKeys(kids, { immediately = false, by, origin = noOrigin } = {}) {
      const replaced = await keyRing.replace(kids, immediately)
      if (replaced.length === 0) return replaced
      await holder.reload()
      for (const { kid, signsFrom } of replaced) {
        const timing = immediately ? 'immediately' : 'when_published'
        const requested = { event: 'key_rotation_requested', kid, timing } as const
        await audit.record({ ...requested, ...(by !== undefined && { by }) }, origin)
        if (signsFrom <= clock.now()) await audit.record({ event: 'keys_rotated', kid }, noOrigin)
      }
      return replaced
    },
    signingKeys: () => keyRing.list(),
    async removeExpired(limit) {
      const before = clock.now() - removalDelay
      const removed = await Promise.all([
        userServices.challenges.removeSpent(limit),
        ...[
          stores.artifacts,
          stores.codes,
          stores.deviceLogins,
          stores.initialAccessTokens,
          stores.limits,
          stores.reauthentications,
        ].map((store) => store.removeExpired(before, limit)),
      ])
      return removed.reduce((sum, count) => sum + count, await history.review(limit))
    },
    removeUnusedClients: (unusedFor, limit) => removeUnusedClients(options, clients, unusedFor, limit),
    async refreshAuthenticatorMetadata() {
      if ((await options.passkeyPolicy()).attestation === 'required') await metadata.refresh()
    },
    sendLogoutNotices: (signal) => logoutNotices.sendDue(signal),
    provider,
    async [Symbol.asyncDispose]() {
      await mailedCodes.whenIdle()
      await logoutNotices.whenIdle()
      await secretUses.whenIdle()
      await siteSessions.whenIdle()
      await connectionLog.whenIdle()
      await audit.whenIdle()
    },
  }
  return withCheckedArguments(pocket)
}
