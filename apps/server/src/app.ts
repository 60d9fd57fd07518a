import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createPocket, createPublicFetch, type Pocket, systemClock } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory, type Directory } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import type { Logger } from 'pino'
import { composeAccountPages } from './account-pages.ts'
import { composeAdministration } from './administration.ts'
import { composeAdministrationPages } from './administration-pages.ts'
import { apiPages } from './apis/page.ts'
import { createAppearance } from './appearance/appearance.ts'
import { createAuditLog } from './audit-log/audit-log.ts'
import { currentNames } from './audit-log/current-names.ts'
import { logSink } from './audit-log/log-sink.ts'
import { createRegistrationTokens } from './clients/initial-access-tokens.ts'
import { clientPages } from './clients/page.ts'
import { createRedirectUriRemedy } from './clients/redirect-uri-remedy.ts'
import { registrationPolicy } from './clients/registration-policy.ts'
import type { Config } from './config/load.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { deviceAuthorizationPages } from './device-authorization/page.ts'
import { devicePages } from './device-login/page.ts'
import { createMailRoom } from './email/mail.ts'
import { emailPages } from './email/page.ts'
import { emailQueuePages } from './email/queue-page.ts'
import { chooseFileStore } from './files/choose-file-store.ts'
import { type Assets, loadAssets, serveAssets } from './http/assets.ts'
import { createAuthentication } from './http/authentication.ts'
import { loadCatalogues } from './http/catalogues.ts'
import { createFlashes } from './http/flash.ts'
import { healthCheck } from './http/health.ts'
import { bodies, createKoa, sameOriginOnly } from './http/koa.ts'
import { limitRequests } from './http/limits.ts'
import { listen, stopListening } from './http/listen.ts'
import { createPageRenderer } from './http/page.ts'
import { reauthenticationPages } from './http/reauthentication.ts'
import { createShowPage } from './http/show-page.ts'
import { createApplicationImages } from './images/application-images.ts'
import { createClientLogos, largestLogo } from './images/client-logos.ts'
import { clientSlot } from './images/image.ts'
import { createImages } from './images/images.ts'
import { createPagePictures } from './images/page-pictures.ts'
import { profilePictureAddresses } from './images/picture-claim.ts'
import { createJobs } from './jobs/jobs.ts'
import { jobPages } from './jobs/page.ts'
import { createScheduler } from './jobs/scheduler.ts'
import { openApiPage } from './openapi/page.ts'
import { createOverview } from './overview/overview.ts'
import { overviewPages } from './overview/page.ts'
import { preferencePages } from './preferences/page.ts'
import { composeRestApi } from './rest-api.ts'
import { createRoutes } from './routes.ts'
import { scheduledJobs } from './scheduled-jobs.ts'
import { createMessagesFor } from './search/messages-for.ts'
import { searchPages } from './search/page.ts'
import { createSearch } from './search/search.ts'
import { createSessionAdministration } from './sessions/session-administration.ts'
import { userSessionsPages } from './sessions/user-page.ts'
import { setUpPages } from './set-up/page.ts'
import { createSetUp } from './set-up/set-up.ts'
import { createOwnSettings } from './settings/own/settings.ts'
import { imagePages } from './settings/pages/image-pages.ts'
import { settingPages } from './settings/pages/page.ts'
import { registrationTokenPages } from './settings/pages/registration-token-pages.ts'
import { createSectionPage } from './settings/pages/section-page.ts'
import { createSettingSections } from './settings/save-section.ts'
import { createSettings } from './settings/settings.ts'
import { signInPages } from './sign-in/page.ts'
import { addPasskeyPages } from './sign-up/add-passkey-page.ts'
import { approvalsPages } from './sign-up/approvals-page.ts'
import { invitationsPages } from './sign-up/invitations-page.ts'
import { signUpPages } from './sign-up/page.ts'
import { createSignUp } from './sign-up/sign-up.ts'
import { signUpSettingsOf } from './sign-up/sign-up-settings.ts'
import { arrivedPage } from './sign-up/way-back.ts'
import { createLatestVersion } from './version/latest-version.ts'
import { metadataReader } from './webauthn/authenticator-metadata.ts'
import { passkeyEndpoints } from './webauthn/passkey-endpoints.ts'
import { passkeyPolicyOf } from './webauthn/passkey-policy.ts'
import { passkeyPolicyPages } from './webauthn/policy-page.ts'

/** A running instance, or one that has not begun to listen. Disposing of it stops everything it started. */
export interface App extends AsyncDisposable {
  readonly pocket: Pocket
  readonly directory: Directory
  /** Begins to answer requests; resolves to the address that people use. */
  listen(): Promise<{ readonly url: string; readonly setUpUrl: string | null }>
  /** Makes a login code for the user of this name or e-mail address. Instants in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly code: string; readonly url: string; readonly expiresAt: number }>
}

/** Milliseconds. */
const hour = 3_600_000
const logoTimeout = 15_000
const viewsDirectory = fileURLToPath(new URL('../views', import.meta.url))
const assetsDirectory = fileURLToPath(new URL('../dist/web', import.meta.url))
const cataloguesDirectory = fileURLToPath(new URL('../locales', import.meta.url))

/**
 * Opens and migrates the database, reads the keys, and wires the nouns to their addresses.
 *
 * @param stop - ends the waiting for a database that is not there yet
 */
export async function createApp(config: Config, logger: Logger, stop?: AbortSignal): Promise<App> {
  const assets = await loadAssets(assetsDirectory)
  const database = await openDatabase(config, logger, stop)
  try {
    return await compose({ config, logger, assets, database })
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

interface Parts {
  readonly config: Config
  readonly logger: Logger
  readonly assets: Assets
  readonly database: OpenDatabase
}

async function compose({ config, logger, assets, database }: Parts): Promise<App> {
  const { dataSource, masterKey } = database
  const clock = systemClock
  const stores = typeormStores(dataSource)
  const directory = createDirectory({ ...directoryStores(dataSource, clock), clock })
  const recorder = createAuditLog({
    store: database.auditLog,
    names: currentNames({ directory, ...stores }),
    log: logSink(logger),
    clock,
  })
  const settings = await createSettings({
    store: database.settings,
    masterKey,
    environment: config.settings,
    audit: recorder,
    transaction: stores.transaction,
    clock,
    onError: (error) => logger.error({ err: error }, 'The settings could not be read; the last known ones are used'),
  })
  const { audit, open: openMail } = await createMailRoom({
    appUrl: config.appUrl.replace(/\/$/, ''),
    viewsDirectory,
    logger,
    database,
    settings,
    directory,
    audit: recorder,
    transaction: stores.transaction,
    clock,
  })
  const ownSettings = createOwnSettings({
    store: database.settings,
    environment: { uiConfigDisabled: config.settings.uiConfigDisabled, fixed: config.ownSettings },
    audit,
    transaction: stores.transaction,
    clock,
    onError: (error) => logger.error({ err: error }, 'The settings could not be read; the last known ones are used'),
  })
  const atStart = await settings.values()
  const images = createImages({
    store: database.images,
    files: chooseFileStore(config, database, clock),
    audit,
    transaction: stores.transaction,
    clock,
    onError: (error) =>
      logger.error({ err: error }, 'Files of removed pictures are still there; they will be removed later'),
  })
  const catalogues = await loadCatalogues(cataloguesDirectory)
  const pictures = createPagePictures({
    images,
    onError: (error) => logger.error({ err: error }, 'The pictures of a page could not be looked up'),
  })
  const appearance = createAppearance({
    async settings() {
      const { accentColor, disableAnimations } = await settings.lastKnown()
      const { styleVariables } = await ownSettings.lastKnown()
      return { accentColor, still: disableAnimations === 'true', variables: styleVariables }
    },
    pictures,
  })
  const render = createPageRenderer({
    viewsDirectory,
    assets,
    catalogues,
    appName: async () => (await settings.lastKnown()).appName,
    appearance: appearance.addressFor,
    pictures,
    clock,
  })
  const show = createShowPage(render)

  const signUpAt = async () => ((await settings.values()).allowUserSignups === 'open' ? '/signup' : null)
  const codesByEmail = async () => (await settings.values()).emailOneTimeAccessAsUnauthenticatedEnabled === 'true'
  const passkeyPolicy = async () => passkeyPolicyOf(await settings.values(), await ownSettings.values())
  const pocket: Pocket = await createPocket({
    issuer: config.appUrl,
    name: atStart.appName,
    async sessionLifetime() {
      const [{ sessionDuration }, { sessionIdleMinutes }] = await Promise.all([
        settings.lastKnown(),
        ownSettings.recent(),
      ])
      return { length: Number(sessionDuration) * 60, idle: sessionIdleMinutes * 60 }
    },
    masterKey,
    stores: { ...stores, accounts: profilePictureAddresses(directory.accounts, config.appUrl) },
    render,
    audit,
    languages: catalogues.languages.map(({ tag }) => tag),
    allowInsecureRedirectUris: config.allowInsecureCallbackUrls,
    fetch: createPublicFetch({ allowedPrivateHosts: config.allowedPrivateHosts }),
    onError: (error, requestId) => logger.error({ err: error, requestId }, 'The protocol failed'),
    async onClientRemoved(id) {
      await images.forget(clientSlot(id, 'light'), clientSlot(id, 'dark'))
      await database.favourites.removeByClient(id)
    },
    trustProxy: config.trustProxy,
    ...(config.internalAppUrl !== undefined && { internalOrigin: config.internalAppUrl }),
    webFingerDomains: async () => (await ownSettings.values()).webFingerDomains,
    registration: registrationPolicy({ settings, ownSettings }),
    otherWaysAt: '/lc',
    authorizationDetailsTypes: Object.fromEntries(
      config.authorizationDetailsTypes.map((type) => [type, { validate: () => undefined }]),
    ),
    remedyOf: createRedirectUriRemedy({
      redirectUriPolicy: { allowInsecure: config.allowInsecureCallbackUrls },
      clients: () => pocket.clients,
      async isAdministrator({ req, res }) {
        const session = await pocket.session(req, res)
        return session !== undefined && (await directory.find(session.accountId))?.administrator === true
      },
    }),
    signUpAt,
    emailCodesAt: async () => ((await codesByEmail()) ? '/lc/email' : null),
    relatedOrigins: config.appOrigins,
    rateLimits: config.rateLimits,
    passkeyPolicy,
    readAuthenticatorMetadata: metadataReader(config),
    clock,
  })

  const mail = openMail(pocket)
  const scheduler = createScheduler({ store: database.jobs, clock, logger })
  const jobs = createJobs({ store: database.jobs, scheduler, audit, clock })
  const setUp = createSetUp({ pocket, directory, audit })
  const signUpSettings = async () => signUpSettingsOf(await settings.values(), await ownSettings.values())
  const signUp = createSignUp({
    pocket,
    directory,
    tokens: database.signupTokens,
    approvals: database.approvals,
    audit,
    transaction: stores.transaction,
    settings: signUpSettings,
    verifyEmail: (user) => mail.verification.begin(user),
    sendSoon: () => mail.delivery.soon(),
    clock,
  })
  const sessions = createSessionAdministration({ pocket, audit, transaction: stores.transaction })
  const administration = composeAdministration({
    logger,
    database,
    pocket,
    directory,
    audit,
    settings,
    ownSettings,
    mail,
    images,
    transaction: stores.transaction,
    clock,
  })
  const clientLogos = createClientLogos({
    images,
    clients: pocket.clients,
    fetch: createPublicFetch({
      allowedPrivateHosts: config.allowedPrivateHosts,
      allowHttp: true,
      maxBytes: largestLogo,
      timeout: logoTimeout,
    }),
  })
  const jobParts = { pocket, directory, database, administration, ownSettings, images, mail, audit, clock }
  for (const job of scheduledJobs(jobParts)) scheduler.register(job)
  const applicationImages = createApplicationImages(images)
  const latestVersion = createLatestVersion({
    url: config.versionCheckUrl,
    clock,
    onError: (error) => logger.warn({ err: error }, 'The newest version could not be found out'),
  })
  const overview = createOverview({ store: database.overview, jobs, settings, latestVersion, clock })
  const search = createSearch({ pocket, directory })
  const messagesFor = createMessagesFor(catalogues)
  const api = composeRestApi({
    config,
    database,
    pocket,
    directory,
    administration,
    audit,
    settings,
    ownSettings,
    passkeyPolicy,
    mail,
    images,
    clientLogos,
    applicationImages,
    sessions,
    setUp,
    jobs,
    signUp,
    latestVersion,
    search,
    messagesFor,
    transaction: stores.transaction,
    clock,
  })

  const authentication = createAuthentication(pocket, directory)
  const flashes = createFlashes(masterKey, pocket.issuer.startsWith('https:'))
  const deviceAuthorization = deviceAuthorizationPages({ pocket, authentication, show, flashes })
  const reauthentication = reauthenticationPages({ pocket, authentication, show })
  const settingSections = createSettingSections({
    store: database.settings,
    settings,
    ownSettings,
    transaction: stores.transaction,
  })
  const registrationTokens = createRegistrationTokens({ pocket, audit, transaction: stores.transaction })
  const settingsPage = createSectionPage({
    sections: settingSections,
    settings,
    ownSettings,
    groups: directory.groups,
    images: applicationImages,
    tokens: registrationTokens,
    signingKeys: pocket.signingKeys,
    show,
  })
  const routes = createRoutes({
    health: healthCheck(database.ping),
    passkeyEndpoints: passkeyEndpoints(pocket.issuer),
    signIn: signInPages({ pocket, directory, authentication, show, signUpAt, codesByEmail }),
    setUp: setUpPages({ setUp, show }),
    addPasskey: addPasskeyPages({ pocket, authentication, show }),
    arrived: arrivedPage({ pocket, authentication, show }),
    signUp: signUpPages({ pocket, signUp, settings: signUpSettings, authentication, show }),
    userSessions: userSessionsPages({
      users: administration.users,
      sessions,
      authentication,
      flashes,
      sensitive: reauthentication.sensitive,
    }),
    approvals: approvalsPages({
      approvals: administration.approvals,
      settings: signUpSettings,
      reaches: mail.reaches,
      directory,
      authentication,
      show,
      flashes,
    }),
    invitations: invitationsPages({
      tokens: administration.signupTokens,
      settings: signUpSettings,
      groups: directory.groups,
      issuer: pocket.issuer,
      authentication,
      show,
      flashes,
    }),
    passkeyPolicy: passkeyPolicyPages({
      pocket,
      settings,
      ownSettings,
      sections: settingSections,
      authentication,
      show,
      flashes,
    }),
    ...composeAdministrationPages({
      pocket,
      directory,
      administration,
      auditLog: database.auditLog,
      sessions,
      audit,
      settings,
      passkeyPolicy,
      mail,
      images,
      transaction: stores.transaction,
      authentication,
      reauthentication,
      show,
      flashes,
    }),
    device: devicePages({ pocket, authentication, show, flashes, showAuthorization: deviceAuthorization.show }),
    deviceAuthorization,
    email: emailPages({
      mail,
      waiting: administration.waitingAddresses,
      bindBrowser: pocket.bindBrowser,
      authentication,
      show,
    }),
    reauthentication,
    preferences: preferencePages({ catalogues, secure: pocket.issuer.startsWith('https:') }),
    pages: [
      ...searchPages({ search, messagesFor, authentication, show }),
      ...overviewPages({ overview, authentication, show }),
      ...jobPages({ jobs, authentication, show, flashes }),
      ...apiPages({ pocket, audit, transaction: stores.transaction, authentication, show, flashes }),
      ...clientPages({
        pocket,
        accounts: directory.accounts,
        groups: directory.groups,
        users: directory,
        logos: clientLogos,
        pictures,
        appName: async () => (await settings.lastKnown()).appName,
        now: () => clock.now(),
        authentication,
        audit,
        transaction: stores.transaction,
        show,
        flashes,
      }),
      ...composeAccountPages({
        database,
        pocket,
        directory,
        administration,
        sessions,
        audit,
        settings,
        ownSettings,
        passkeyPolicy,
        mail,
        images,
        catalogues,
        authentication,
        reauthentication,
        show,
        flashes,
        clock,
      }),
      ...emailQueuePages({
        queue: mail.queue,
        authentication,
        show,
        flashes,
        secure: pocket.issuer.startsWith('https:'),
      }),
      ...registrationTokenPages({ tokens: registrationTokens, page: settingsPage, authentication, flashes }),
      ...imagePages({ images: applicationImages, page: settingsPage, authentication, flashes }),
      ...settingPages({
        sections: settingSections,
        page: settingsPage,
        testEmail: mail.test,
        authentication,
        sensitive: reauthentication.sensitive,
        flashes,
      }),
    ],
    limits: pocket.limits,
    apiDocs: openApiPage({
      document: api.document,
      styles: assets.path('pocket.css'),
      appearance: async () => appearance.addressFor((await pictures.instance()).background),
    }),
  })

  const koa = createKoa({ trustProxy: config.trustProxy, logger, show })
  koa
    .use(serveAssets(assets))
    .use(appearance.serve)
    .use(limitRequests(pocket.limits))
    .use(pocket.koa())
    .use(sameOriginOnly(pocket.originOf))
    .use(api.routes)
    .use(bodies())
    .use(routes.routes())
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 60_000 }, koa.callback())

  return {
    pocket,
    directory,
    async listen() {
      await listen(server, config)
      scheduler.start()
      return { url: pocket.issuer, setUpUrl: (await directory.isSetUp()) ? null : `${pocket.issuer}/login/setup` }
    },
    async issueLoginCode(name) {
      const user = await directory.findByName(name)
      if (!user)
        throw new NotFound(
          'account_not_found',
          `There is no user with the name or e-mail address ${name}, or there are two.`,
        )
      const { code, expiresAt } = await pocket.issueLoginCode(user, hour)
      await audit.record(
        { event: 'code_issued', accountId: user.id },
        { requestId: null, ipAddress: null, userAgent: null },
      )
      return { code, url: `${pocket.issuer}/lc/${code}`, expiresAt }
    },
    async [Symbol.asyncDispose]() {
      await stopListening(server)
      await scheduler[Symbol.asyncDispose]()
      await api.settled()
      await mail.delivery.settled()
      await pocket[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
