import { startUrl } from '../clients/start-address.ts'
import { createBrowserTokens } from '../http/browser-token.ts'
import { clientSubject } from '../limits/limiter.ts'
import { createLogoutNotices } from '../logout-notices/logout-notices.ts'
import { createAdapterFactory } from '../oidc/adapter.ts'
import { createClientMetadata } from '../oidc/client-metadata.ts'
import { maxTokenLifetime } from '../oidc/configuration.ts'
import { createKeyRing, type KeyRing, noKeyRing } from '../oidc/keys.ts'
import { sendLogoutToken } from '../oidc/logout-notices.ts'
import { createProtocolPages } from '../oidc/pages.ts'
import { createPairwiseIdentifier } from '../oidc/pairwise.ts'
import { createProvider } from '../oidc/provider.ts'
import { createProviderHolder, type ProviderHolder } from '../oidc/provider-holder.ts'
import { createRefreshResponses } from '../oidc/refresh-answers.ts'
import { currentDocumentEvents } from '../oidc/registration/document-events.ts'
import { createSealer } from '../sealing.ts'
import type { ClientServices } from './client-services.ts'
import type { ResolvedOptions } from './resolved-options.ts'

export type Engine = Awaited<ReturnType<typeof createEngine>>

/** Creates oidc-provider with our stores. Reads the signing keys, or creates them at the first start. */
export async function createEngine(options: ResolvedOptions, services: ClientServices) {
  const { stores, clock, audit, masterKey, limits } = options
  const { registrar, metadataDocuments, secretUses, connectionLog, apiAccess } = services
  const pairwise = createPairwiseIdentifier(masterKey)
  const { externalKeys } = options
  const keyRing: KeyRing =
    externalKeys.length > 0
      ? noKeyRing
      : createKeyRing({
          store: stores.keys,
          masterKey,
          clock,
          transaction: stores.transaction,
          schedule: options.keySchedule,
          maxTokenLifetime: () => maxTokenLifetime(stores.clients),
        })
  const refreshResponses = createRefreshResponses({
    artifacts: stores.artifacts,
    transaction: stores.transaction,
    clock,
    masterKey,
  })
  const adapter = createAdapterFactory({
    artifacts: stores.artifacts,
    clients: stores.clients,
    clientMetadata: createClientMetadata(masterKey, clock, {
      authorizationDetailsTypes: Object.keys(options.authorizationDetailsTypes),
      builtInRules: options.builtInRules,
      allowImplicit: options.allowImplicit,
    }),
    registrar,
    metadataDocuments,
    documentEvents: currentDocumentEvents(audit),
    clock,
    refreshResponses,
    hashUserCode: (userCode) => masterKey.mac('user code', userCode),
    refreshLeeway: options.refreshLeeway,
  })
  const logoutNotices = createLogoutNotices({
    store: stores.logoutNotices,
    clock,
    audit,
    send: (notice) => sendLogoutToken(holder.current(), notice),
    onError: (error) => options.onError(error, ''),
  })
  const getStartUrl = async (clientId: string) => {
    const client = await stores.clients.find(clientId)
    return client ? startUrl(client, options.issuer.id) : null
  }
  const holder: ProviderHolder = await createProviderHolder({
    keyRing,
    clock,
    buildProvider: (keys) =>
      createProvider({
        adjustConfiguration: options.configuration,
        audit,
        onError: options.onError,
        clock,
        secure: options.secure,
        mountPath: options.issuer.path,
        sessionLifetime: options.sessionLifetime,
        artifacts: stores.artifacts,
        sessionHistory: stores.sessionHistory,
        transaction: stores.transaction,
        browserOf: createBrowserTokens(options.secure, options.cookieSuffix).browserId,
        accounts: stores.accounts,
        makeClaims: options.makeClaims,
        runAccessChecks: options.runAccessChecks,
        consents: stores.consents,
        apiAccess,
        keys,
        externalKeys,
        fetch: options.fetch,
        authorizationDetailsTypes: options.authorizationDetailsTypes,
        redirectUriPolicy: options.redirectUriPolicy,
        allowImplicit: options.allowImplicit,
        languages: options.languages,
        pairwise,
        registrar,
        registrationPolicy: options.registration,
        isSignUpOpen: async () => options.builtInMethods.signUp || (await options.signUpUrl()) !== null,
        nonceSecret: masterKey.derive('dpop nonces'),
        adapter,
        refreshResponses,
        clients: stores.clients,
        issuer: options.issuer.id,
        internalOrigin: options.internalOrigin,
        cookieKeys: [masterKey.derive('cookies').toString('base64url')],
        render: options.render,
        pages: createProtocolPages({
          render: options.render,
          redirectUriRemedy: options.redirectUriRemedy,
          getStartUrl,
        }),
        enqueueLogoutNotice: logoutNotices.enqueue,
        secretUses,
        recordAttempt: connectionLog.record,
        recordFailedClient: (req, clientId) =>
          limits.recordFailure(req, 'client-authentication', clientSubject(req, clientId)),
      }),
  })
  const interactionSealer = createSealer(masterKey.derive('interactions'))
  return { keyRing, holder, logoutNotices, pairwise, getStartUrl, interactionSealer }
}
