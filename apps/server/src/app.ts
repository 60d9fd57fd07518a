import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createPublicFetch, type Pocket, systemClock } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory, type Directory, ldapSource } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import type { Logger } from 'pino'
import { createAppearance } from './appearance/appearance.ts'
import { createAuditLog, createBulkAuditLog } from './audit-log/audit-log.ts'
import { currentNames } from './audit-log/current-names.ts'
import { logSink } from './audit-log/log-sink.ts'
import { composeAdministration } from './composition/administration.ts'
import { composeLdap } from './composition/ldap.ts'
import { composePages } from './composition/pages.ts'
import { composeProvider } from './composition/provider.ts'
import { composeRestApi } from './composition/rest-api.ts'
import { scheduledJobs } from './composition/scheduled-jobs.ts'
import { composeScim } from './composition/scim.ts'
import type { Config } from './config/load.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { createMailRoom } from './email/mail.ts'
import { chooseFileStore } from './files/choose-file-store.ts'
import { type Assets, loadAssets, serveAssets } from './http/assets.ts'
import { loadCatalogues } from './http/catalogues.ts'
import { bodies, createKoa, sameOriginOnly } from './http/koa.ts'
import { limitRequests } from './http/limits.ts'
import { listen, stopListening } from './http/listen.ts'
import { createPageRenderer } from './http/page.ts'
import { createShowPage } from './http/show-page.ts'
import { createApplicationImages } from './images/application-images.ts'
import { createClientLogos, largestLogo } from './images/client-logos.ts'
import { createImages } from './images/images.ts'
import { createPagePictures } from './images/page-pictures.ts'
import { createJobs } from './jobs/jobs.ts'
import { createScheduler } from './jobs/scheduler.ts'
import { createOverview } from './overview/overview.ts'
import { openPlaceRoom } from './places/place-room.ts'
import { notingChanges, notingManyChanges } from './scim/changes.ts'
import { createMessagesFor } from './search/messages-for.ts'
import { createSearch } from './search/search.ts'
import { createSessionAdministration } from './sessions/session-administration.ts'
import { createSetUp } from './set-up/set-up.ts'
import { createOwnSettings } from './settings/own/settings.ts'
import { createSettings } from './settings/settings.ts'
import { createSignUp } from './sign-up/sign-up.ts'
import { signUpSettingsOf } from './sign-up/sign-up-settings.ts'
import { createLatestVersion } from './version/latest-version.ts'

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
  const placeRoom = await openPlaceRoom({ config, logger, clock })
  const { places } = placeRoom
  const storesOfDirectory = directoryStores(dataSource, clock)
  const directory = createDirectory({ ...storesOfDirectory, clock })
  const auditLog = createAuditLog({
    store: database.auditLog,
    names: currentNames({ directory, ...stores }),
    log: logSink(logger),
    placeOf: places.of,
    clock,
  })
  const recorder = notingChanges(auditLog, { store: database.scimProviders, clock })
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
    places,
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
    places,
    clock,
  })
  const show = createShowPage(render)

  const { providers: scimProviders, open: openScim } = composeScim({
    config,
    logger,
    database,
    directoryStores: storesOfDirectory,
    audit,
    transaction: stores.transaction,
    clock,
  })
  const { pocket, signUpAt, codesByEmail, passkeyPolicy } = await composeProvider({
    config,
    logger,
    database,
    stores,
    directory,
    settings,
    ownSettings,
    images,
    scimProviders,
    catalogues,
    render,
    audit,
    clock,
  })

  const mail = openMail(pocket)
  const scimRuns = openScim(pocket)
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
  const sessions = createSessionAdministration({
    pocket,
    placeOf: places.of,
    audit,
    transaction: stores.transaction,
  })
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
      localRanges: config.localIpv6Ranges,
      allowHttp: true,
      maxBytes: largestLogo,
      timeout: logoTimeout,
    }),
  })
  const ldap = composeLdap({
    pocket,
    directory,
    database,
    administration,
    settings,
    ownSettings,
    images,
    scheduler,
    audit,
    recordMany: notingManyChanges(
      createBulkAuditLog({ store: database.auditLog, log: logSink(logger), placeOf: places.of, clock }),
      { store: database.scimProviders, clock },
    ),
    source: ldapSource,
    transaction: stores.transaction,
    clock,
  })
  const jobParts = {
    pocket,
    directory,
    database,
    administration,
    ownSettings,
    images,
    mail,
    placeRoom,
    ldap,
    scimRuns,
    audit,
    clock,
  }
  for (const job of scheduledJobs(jobParts)) scheduler.register(job)
  const applicationImages = createApplicationImages(images)
  const latestVersion = createLatestVersion({
    url: config.versionCheckUrl,
    clock,
    onError: (error) => logger.warn({ err: error }, 'The newest version could not be found out'),
  })
  const overview = createOverview({
    store: database.overview,
    jobs,
    scim: database.scimProviders,
    settings,
    latestVersion,
    clock,
  })
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
    ldap,
    signUp,
    latestVersion,
    search,
    scim: { providers: scimProviders, runs: scimRuns },
    messagesFor,
    places,
    transaction: stores.transaction,
    clock,
  })

  const pages = composePages({
    database,
    pocket,
    directory,
    administration,
    settings,
    ownSettings,
    signUpSettings,
    signUpAt,
    codesByEmail,
    passkeyPolicy,
    setUp,
    signUp,
    sessions,
    mail,
    images,
    applicationImages,
    clientLogos,
    pictures,
    appearance,
    assets,
    catalogues,
    messagesFor,
    ldap,
    jobs,
    jobNotes: placeRoom.notes,
    overview,
    search,
    scim: {
      providers: scimProviders,
      runs: scimRuns,
      records: storesOfDirectory.scimRecords,
    },
    apiDocument: api.document,
    show,
    audit,
    transaction: stores.transaction,
    clock,
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
    .use(pages.routes())
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 60_000 }, koa.callback())

  return {
    pocket,
    directory,
    async listen() {
      await listen(server, config)
      placeRoom.start()
      if (placeRoom.isMissing()) await database.jobs.bringForward('refresh-places', clock.now())
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
      // A request may be waiting for a run.
      await scimRuns[Symbol.asyncDispose]()
      await stopListening(server)
      await scheduler[Symbol.asyncDispose]()
      await placeRoom[Symbol.asyncDispose]()
      await api.settled()
      await mail.delivery.settled()
      await pocket[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
