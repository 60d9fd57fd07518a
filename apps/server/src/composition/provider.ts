import type { PocketStores } from '@pocket/core'
import {
  type AccountStore,
  type AuditSink,
  type Clock,
  createPocket,
  createPublicFetch,
  type Pocket,
} from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { Logger } from 'pino'
import { createRedirectUriRemedy } from '../clients/redirect-uri-remedy.ts'
import { registrationPolicy } from '../clients/registration-policy.ts'
import type { Catalogues } from '../http/catalogues.ts'
import type { RenderPage } from '../http/page.ts'
import { clientSlot } from '../images/image.ts'
import type { Images } from '../images/images.ts'
import { profilePictureAddresses } from '../images/picture-claim.ts'
import type { ScimProviders } from '../scim/providers.ts'
import type { OwnSettings } from '../settings/own/settings.ts'
import type { Settings } from '../settings/settings.ts'
import { metadataReader } from '../webauthn/authenticator-metadata.ts'
import { passkeyPolicyOf } from '../webauthn/passkey-policy.ts'
import type { Config } from './config.ts'
import type { OpenDatabase } from './open-database.ts'

export interface ProviderParts {
  readonly config: Config
  readonly logger: Logger
  readonly database: Pick<OpenDatabase, 'masterKey' | 'favourites'>
  readonly stores: PocketStores
  readonly directory: Directory & { readonly accounts: AccountStore }
  readonly settings: Settings
  readonly ownSettings: OwnSettings
  readonly images: Images
  readonly scimProviders: Pick<ScimProviders, 'removeByClient'>
  readonly catalogues: Catalogues
  readonly render: RenderPage
  readonly audit: AuditSink
  readonly clock: Clock
}

/** Core's provider, configured from the environment and the settings. */
export async function composeProvider(parts: ProviderParts) {
  const { config, logger, database, stores, directory, settings, ownSettings, images, catalogues } = parts
  const signUpUrl = async () => ((await settings.values()).allowUserSignups === 'open' ? '/signup' : null)
  const codesByEmail = async () => (await settings.values()).emailOneTimeAccessAsUnauthenticatedEnabled === 'true'
  const passkeyPolicy = async () => passkeyPolicyOf(await settings.values(), await ownSettings.values())
  const { appName } = await settings.values()
  const pocket: Pocket = await createPocket({
    issuer: config.appUrl,
    name: appName,
    async sessionLifetime() {
      const [{ sessionDuration }, { sessionIdleMinutes }] = await Promise.all([
        settings.lastKnown(),
        ownSettings.recent(),
      ])
      return { length: Number(sessionDuration) * 60, idle: sessionIdleMinutes * 60 }
    },
    masterKey: database.masterKey,
    stores: { ...stores, accounts: profilePictureAddresses(directory.accounts, config.appUrl) },
    render: parts.render,
    audit: parts.audit,
    languages: catalogues.languages.map(({ tag }) => tag),
    allowInsecureRedirectUris: config.allowInsecureCallbackUrls,
    allowImplicit: config.allowImplicit,
    fetch: createPublicFetch({
      allowedPrivateHosts: config.allowedPrivateHosts,
      localRanges: config.localIpv6Ranges,
    }),
    onError: (error, requestId) => logger.error({ err: error, requestId }, 'The protocol failed'),
    async onClientRemoved(id) {
      await images.forget(clientSlot(id, 'light'), clientSlot(id, 'dark'))
      await database.favourites.removeByClient(id)
      await parts.scimProviders.removeByClient(id)
    },
    trustProxy: config.trustProxy,
    ...(config.internalAppUrl !== undefined && { internalOrigin: config.internalAppUrl }),
    webFingerDomains: async () => (await ownSettings.values()).webFingerDomains,
    registration: registrationPolicy({ settings, ownSettings }),
    otherMethodsUrl: '/lc',
    authorizationDetailsTypes: Object.fromEntries(
      config.authorizationDetailsTypes.map((type) => [type, { validate: () => undefined }]),
    ),
    redirectUriRemedy: createRedirectUriRemedy({
      redirectUriPolicy: { allowInsecure: config.allowInsecureCallbackUrls },
      clients: () => pocket.clients,
      async isAdministrator({ req, res }) {
        const session = await pocket.session(req, res)
        return session !== undefined && (await directory.find(session.accountId))?.administrator === true
      },
    }),
    signUpUrl,
    emailCodesUrl: async () => ((await codesByEmail()) ? '/lc/email' : null),
    relatedOrigins: config.appOrigins,
    rateLimits: config.rateLimits,
    passkeyPolicy,
    readAuthenticatorMetadata: metadataReader(config),
    clock: parts.clock,
  })
  return { pocket, signUpUrl, codesByEmail, passkeyPolicy }
}
