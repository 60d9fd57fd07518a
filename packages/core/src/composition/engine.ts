import type { IncomingMessage } from 'node:http'
import { startUrl } from '../clients/start-address.ts'
import { createBrowserTokens } from '../http/browser-token.ts'
import { clientSubject } from '../limits/limiter.ts'
import { createLogoutNotices } from '../logout-notices/logout-notices.ts'
import { createAdapterFactory } from '../oidc/adapter.ts'
import { createTrialMarks } from '../oidc/client-trial/trial-mark.ts'
import { maxTokenLifetime } from '../oidc/configuration.ts'
import { createCookieSignatures } from '../oidc/cookie-signatures.ts'
import { type SignJwt, signJwt } from '../oidc/jwt-access-tokens.ts'
import type { SigningKey } from '../oidc/key-generation.ts'
import { createKeyRing, type KeyRing, noKeyRing } from '../oidc/keys.ts'
import { sendLogoutToken } from '../oidc/logout-notices.ts'
import { createProtocolPages } from '../oidc/pages.ts'
import { createPairwiseIdentifier } from '../oidc/pairwise.ts'
import { createProvider } from '../oidc/provider.ts'
import { createProviderHolder, type ProviderHolder } from '../oidc/provider-holder.ts'
import { createRefreshResponses } from '../oidc/refresh-responses.ts'
import { createSealer } from '../sealing.ts'
import type { ClientServices } from './client-services.ts'
import type { ResolvedOptions } from './resolved-options.ts'

export type Engine = Awaited<ReturnType<typeof createEngine>>

/** Creates oidc-provider with our stores. Reads the signing keys, or creates them at the first start. */
export async function createEngine(options: ResolvedOptions, services: ClientServices) {
  const { stores, clock, masterKey, limits, externalKeys } = options
  const { registrar, metadataDocuments, secretUses, connectionLog, apiAccess } = services
  const pairwise = createPairwiseIdentifier(masterKey)
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
  const refreshResponses = createRefreshResponses(options)
  const logoutNotices = createLogoutNotices(options, async (notice) => {
    await currentKeys()
    return sendLogoutToken(holder.current(), notice)
  })
  const getStartUrl = async (clientId: string) => {
    const client = await stores.clients.find(clientId)
    return client ? startUrl(client, options.issuer.id) : null
  }
  const trialMarks = createTrialMarks(masterKey, clock)
  const context = {
    ...options,
    adjustConfiguration: options.configuration,
    pairwise,
    apiAccess,
    registrar,
    refreshResponses,
    secretUses,
    adapter: createAdapterFactory(options, { registrar, metadataDocuments, refreshResponses }),
    pages: createProtocolPages({ ...options, getStartUrl, hasSignOutPage: options.signOutUrl !== undefined }),
    enqueueLogoutNotice: logoutNotices.enqueue,
    recordAttempt: connectionLog.record,
    isTrial: trialMarks.isTrial,
    recordFailedClient: (req: IncomingMessage, clientId: string) =>
      limits.recordFailure(req, 'client-authentication', clientSubject(req, clientId)),
    browserIds: createBrowserTokens(options).browserIds,
    isSignUpOpen: async () => options.builtInMethods.signUp || (await options.signUpUrl()) !== null,
    cookieSignatures: createCookieSignatures(masterKey.derive('cookies').toString('base64url')),
    nonceSecret: masterKey.derive('dpop nonces'),
  }
  let signingKeys: readonly SigningKey[] = []
  const holder: ProviderHolder = await createProviderHolder(keyRing, clock, (keys) => {
    signingKeys = keys
    return createProvider({ ...context, keys })
  })
  const currentKeys = async (): Promise<readonly SigningKey[]> => {
    await holder.refresh((error) => options.onError(error, ''))
    return signingKeys
  }
  const sign: SignJwt = (claims, header) => signJwt(claims, header, { keys: signingKeys, externalKeys })
  const interactionSealer = createSealer(masterKey.derive('interactions'))
  return { keyRing, holder, logoutNotices, pairwise, getStartUrl, interactionSealer, trialMarks, currentKeys, sign }
}
