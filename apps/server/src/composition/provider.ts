import {
  type AccountStore,
  type ClientRegistrationPolicy,
  createPocket,
  createPublicFetch,
  type FindSiteTexts,
  type Pocket,
} from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { createSecondPasskey } from '../account/second-passkey.ts'
import { createRedirectUriRemedy } from '../clients/redirect-uri-remedy.ts'
import type { Catalogs } from '../http/catalogs.ts'
import { accountPaths } from '../http/paths.ts'
import { preferencesOf } from '../http/preferences.ts'
import { clientSlot } from '../images/image.ts'
import type { ScimProviders } from '../scim/providers.ts'
import type { Settings } from '../settings/settings.ts'
import { metadataReader } from '../webauthn/authenticator-metadata.ts'
import { passkeyPolicyOf } from '../webauthn/passkey-policy.ts'
import type { Platform } from './platform.ts'
import type { Rendering } from './rendering.ts'

export async function composeProvider(parts: Platform & Rendering, scimProviders: ScimProviders) {
  const { config, logger, database, stores, directory, settings, images, catalogs } = parts
  const signUpUrl = async () => ((await settings.values()).allowUserSignups === 'open' ? '/signup' : null)
  const codesByEmail = async () => (await settings.values()).emailOneTimeAccessAsUnauthenticatedEnabled
  const passkeyPolicy = async () => passkeyPolicyOf(await settings.present())
  const secondPasskey = createSecondPasskey(database.reminders, parts.clock)
  const { appName } = await settings.values()
  const pocket: Pocket = await createPocket({
    issuer: config.appUrl,
    name: appName,
    async sessionLifetime() {
      const { sessionDuration, sessionIdleMinutes } = await settings.lastKnown()
      return { length: sessionDuration * 60, idle: sessionIdleMinutes * 60 }
    },
    // API tools of Pocket ID expect the session cookie as `access_token`.
    cookiePrefix: '',
    masterKey: database.masterKey,
    accounts: withProfilePictures(directory.accounts, config.appUrl),
    stores,
    pages: {
      render: parts.render,
      languages: catalogs.languages.map(({ tag }) => tag),
      siteTexts: createSiteTexts(catalogs),
      otherMethodsUrl: '/lc',
      signOutUrl: '/logout',
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
      afterSignInUrl: async ({ account, passkeys }) =>
        (await secondPasskey.remindAfterSignIn(account.id, passkeys)) ? accountPaths.secondPasskey : null,
    },
    audit: parts.audit,
    protocol: {
      allowInsecureRedirectUris: config.allowInsecureCallbackUrls,
      allowImplicit: config.allowImplicit,
      fetch: createPublicFetch({
        allowedPrivateHosts: config.allowedPrivateHosts,
        localRanges: config.localIpv6Ranges,
      }),
      webFingerDomains: async () => (await settings.present()).webFingerDomains,
      internalOrigin: config.internalAppUrl,
      signingAlgorithm: async () => (await settings.values()).signingAlgorithm,
      clientRegistration: registrationPolicy(settings),
      configuration: (ours) => ({
        ...ours,
        discovery: { ...ours.discovery, service_documentation: `${config.appUrl}/api/docs` },
      }),
      authorizationDetailsTypes: Object.fromEntries(
        config.authorizationDetailsTypes.map((type) => [type, { validate: () => undefined }]),
      ),
    },
    onError: (error, requestId) => logger.error({ err: error, requestId }, 'A protocol request failed'),
    hooks: {
      async onClientRemoved(id) {
        await images.discard(clientSlot(id, 'light'), clientSlot(id, 'dark'))
        await database.favorites.removeByClient(id)
        await scimProviders.removeByClient(id)
      },
      async onClientRenamed(id, newId) {
        for (const theme of ['light', 'dark'] as const)
          await images.move(clientSlot(id, theme), clientSlot(newId, theme))
        await database.favorites.renameClient(id, newId)
        await scimProviders.renameClient(id, newId)
      },
    },
    trustProxy: config.trustProxy,
    relatedOrigins: config.appOrigins,
    limits: { rateLimiter: config.rateLimits ? undefined : false },
    passkeys: {
      policy: async () => passkeyPolicyOf(await settings.values()),
      readAuthenticatorMetadata: metadataReader(config),
    },
    clock: parts.clock,
  }).catch((error: unknown) => {
    throw withCommand(error, config.appUrl)
  })
  return { pocket, signUpUrl, codesByEmail, passkeyPolicy, secondPasskey }
}

/** Names the variable and the command in the error for an issuer that is not the stored one. */
function withCommand(error: unknown, appUrl: string): unknown {
  if (!(error instanceof ConfigurationError)) return error
  const conflict = error.fields.find(({ field, code }) => field === 'issuer' && code === 'contradiction')
  if (!conflict) return error
  return new ConfigurationError(
    `APP_URL ${conflict.message}. Set APP_URL to the stored issuer, or stop all servers and run: pocket-id issuer set ${appUrl}`,
    { cause: error, fields: [{ ...conflict, field: 'APP_URL' }] },
  )
}

/** The policy for dynamic client registration according to the current settings. */
function registrationPolicy(settings: Settings) {
  return async (): Promise<ClientRegistrationPolicy> => {
    const { dynamicRegistration, dynamicRegistrationRestricted, cimdUrlAllowlist } = await settings.values()
    return {
      mode: dynamicRegistration,
      restrictToGroups: dynamicRegistrationRestricted,
      // Validated when the setting was saved.
      documentPatterns: cimdUrlAllowlist === '' ? [] : JSON.parse(cimdUrlAllowlist),
    }
  }
}

/** Adds the profile picture URL to accounts; the picture is public and defaults to the initials. */
function withProfilePictures(accounts: AccountStore, appUrl: string): AccountStore {
  return {
    async find(id) {
      const account = await accounts.find(id)
      return account && { ...account, picture: `${appUrl}/api/users/${account.id}/profile-picture.png` }
    },
  }
}

/** The texts of the pages at protected sites. A cookie of the site's host cannot select the language. */
function createSiteTexts(catalogs: Catalogs): FindSiteTexts {
  return (message, req) => {
    const { text, language, direction } = catalogs.inPreferredLanguage(preferencesOf(req).accepted)
    return {
      language,
      direction,
      title: text(`siteMessages.${message}.title`),
      text: text(`siteMessages.${message}.text`),
      action: text(message === 'form_not_sent' ? 'siteMessages.continue' : 'siteMessages.retry'),
    }
  }
}
