import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { KeyReplacement, Passkey, Pocket } from '@pocket/core'
import { ConfigurationError, NotFoundError } from '@pocket/core/errors'
import { noOrigin } from '@pocket/core/internal'
import { databaseOf } from '@pocket/core/internal/sql'
import type { Directory } from '@pocket/directory'
import { createGuard } from './access/guard.ts'
import type { AuditVerification } from './audit-log/audit-chain.ts'
import type { Config } from './composition/config.ts'
import { openDatabase } from './composition/open-database.ts'
import { composePages, type Serving } from './composition/pages.ts'
import { createPlatform, type InstanceOptions } from './composition/platform.ts'
import { pocketIdMigration } from './composition/pocket-id-migration.ts'
import { composeRendering } from './composition/rendering.ts'
import { composeRestApi } from './composition/rest-api.ts'
import { scheduledJobs } from './composition/scheduled-jobs.ts'
import { composeServices } from './composition/services.ts'
import { packageFolder } from './config/package-folder.ts'
import type { Configuration } from './configuration-file/configuration.ts'
import type { Finding } from './diagnosis/finding.ts'
import { loadAssets, serveAssets } from './http/assets.ts'
import { createAuthentication } from './http/authentication.ts'
import { type ApiRequest, type ApiResponse, callApi } from './http/call-api.ts'
import { bodies, createKoa, sameOriginOnly } from './http/koa.ts'
import { limitRequests } from './http/limits.ts'
import { listen, stopListening } from './http/listen.ts'
import { maintenanceListener } from './http/maintenance.ts'
import { ReplaceableServer } from './http/replaceable-server.ts'
import { createRequestListener, probes } from './http/request-listener.ts'
import { notifyReady } from './http/systemd.ts'
import type { Logger } from './logging/logger.ts'
import type {
  ChosenSource,
  MigrationOutcome,
  MigrationRunner,
  RenderProgress,
} from './pocket-id-migration/migration-runner.ts'
import type { Progress } from './pocket-id-migration/migration-steps.ts'
import type { Subject } from './pocket-id-migration/report.ts'
import { pocketIdMigrationPath, SetUpToken, setUpAccessLifetime } from './pocket-id-migration/set-up-access.ts'
import { hasContent } from './pocket-id-migration/target-content.ts'
import { type KeyRotationOptions, rotateKeys } from './signing-keys/rotation.ts'
import type { Measurements } from './telemetry/metrics.ts'
import { passkeyRemovedPath } from './webauthn/passkey-removed-page.ts'

export interface SetUpUrls {
  readonly url: string
  /** The page that migrates an instance of Pocket ID, and its token; `null` if there are users or clients. */
  readonly migration: { readonly url: string; readonly token: string } | null
}

/** A server instance, listening or not yet listening. Disposing it stops everything it started. */
export interface App extends AsyncDisposable {
  readonly pocket: Pocket
  readonly directory: Directory
  /** Aborted when another process has taken over the database, or when the instance cannot continue after a migration. */
  readonly lockLost: AbortSignal
  /** Fails `/readyz` and closes each connection after its next response; resolves after three seconds. */
  drain(): Promise<void>
  listen(): Promise<{ readonly url: string; readonly setUp: SetUpUrls | null }>
  /**
   * Resolves when other processes may serve too. One process serves alone until there are users or clients, and as long as a browser
   * may ask for the result of a migration: the set-up token and the result are in its memory.
   */
  canShare(signal: AbortSignal): Promise<void>
  /** Creates a login code for the user with this user name or e-mail address. Instants in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly code: string; readonly url: string; readonly expiresAt: number }>
  issueBreakGlassCode(name: string): Promise<{ readonly code: string; readonly url: string }>
  listPasskeys(name: string): Promise<readonly Passkey[]>
  /** `reviewUrl` is the page of the credentials that were created with the passkey; `null` if none is active. */
  removePasskey(name: string, id: string): Promise<{ readonly name: string; readonly reviewUrl: string | null }>
  /** Replaces the signing key of one algorithm; by default the keys of all algorithms. */
  rotateKeys(rotation: KeyRotationOptions): Promise<readonly KeyReplacement[]>
  /** Runs all checks; the most severe findings first. */
  diagnose(): Promise<readonly Finding[]>
  readonly configuration: Pick<Configuration, 'dryRun' | 'apply' | 'export'>
  /** Verifies the chain of the audit log; `expected` is the hash of a batch, noted earlier. */
  verifyAuditLog(expected?: string): Promise<AuditVerification>
  measure(): Promise<Measurements>
  /** Calls the REST API as the command line, without a connection. */
  callApi(request: ApiRequest): Promise<ApiResponse>
}

/** Milliseconds. */
const hour = 3_600_000
const drainTime = 3000
/** Milliseconds between two checks for users and clients. */
const contentCheckInterval = 2000
const viewsDirectory = join(packageFolder, 'views')
const assetsDirectory = join(packageFolder, 'dist', 'web')
const catalogsDirectory = join(packageFolder, 'locales')

/** All parts of a running server but the HTTP server, which outlives them during a migration. */
interface Instance extends Omit<App, 'listen' | 'canShare' | 'drain' | 'lockLost' | typeof Symbol.asyncDispose> {
  readonly lockLost: AbortSignal
  readonly handle: RequestListener
  readonly isEmpty: () => Promise<boolean>
  /** Applies the configuration file, before the first request. */
  configure(): Promise<void>
  start(): Promise<void>
  /** Stops everything but the HTTP server, which `stopRequests` stops or hands over. */
  stop(stopRequests: () => Promise<void>): Promise<void>
}

/**
 * Opens and migrates the database, loads the keys, and registers all routes.
 *
 * @param stop - aborts the wait for a database that is not reachable yet
 */
export async function createApp(config: Config, logger: Logger, stop?: AbortSignal): Promise<App> {
  const assets = await loadAssets(assetsDirectory)
  const { folder, migrate } = pocketIdMigration(config, logger)
  const ended = new AbortController()
  let outcome: MigrationOutcome | undefined
  let replacement: Promise<void> | undefined
  let isStopping = false
  /** By `performance.now`. */
  let resultShownUntil = 0
  const setUpToken = new SetUpToken((token) =>
    logger.info(
      `The set-up token was used. To migrate in another browser, enter the set-up token ${token} at ${instance.pocket.issuer}${pocketIdMigrationPath}`,
    ),
  )

  const open = async (maxWait = 0): Promise<Instance> => {
    const database = await openDatabase(config, logger, stop, { mode: 'shared', maxWait })
    try {
      const options = { config, logger, assets, database, viewsDirectory, catalogsDirectory }
      const opened = await compose(options, { runner, setUpToken, isStopping: () => isStopping })
      const { lockLost } = opened
      lockLost.addEventListener('abort', () => ended.abort(lockLost.reason), { once: true })
      return opened
    } catch (error) {
      await database[Symbol.asyncDispose]()
      throw error
    }
  }
  /** Keys, settings and sessions are read again only by a new instance, so the old one ends before the migration. */
  const replaceInstance = async (source: ChosenSource, renderProgress: RenderProgress) => {
    const progress = new Map<Subject, Progress>()
    const render = (req: IncomingMessage) => renderProgress([...progress.values()], req)
    // Before the response to the confirmation, so that the next request does not reach the old instance.
    const idle = http.replaceHandler(maintenanceListener(assets, { path: pocketIdMigrationPath, render }))
    await instance.stop(() => idle)
    logger.info('Migrating from Pocket ID')
    try {
      outcome = { report: await migrate(source, (step) => void progress.set(step.subject, step)) }
      resultShownUntil = performance.now() + setUpAccessLifetime
      await folder.removeUploads()
      logger.info({ counts: outcome.report.counts }, 'Migrated from Pocket ID')
    } catch (error) {
      logger.error({ err: error }, 'The migration from Pocket ID failed; nothing was changed')
      outcome = { reason: error instanceof ConfigurationError ? error.message : 'The migration failed; see the log.' }
    }
    // Another server may be migrating.
    instance = await open(Number.POSITIVE_INFINITY)
    await instance.configure()
    await instance.start()
    await http.replaceHandler(instance.handle)
  }
  const runner: MigrationRunner = {
    get outcome() {
      return outcome
    },
    start(source, render) {
      if (replacement !== undefined) return false
      replacement = replaceInstance(source, render)
        .catch((error: unknown) => ended.abort(error))
        .finally(() => {
          replacement = undefined
        })
      return true
    },
    allowSlowRequests: () => http.allowSlowRequests(),
  }

  let instance = await open()
  const http = new ReplaceableServer(instance.handle, config, logger)
  return {
    get pocket() {
      return instance.pocket
    },
    get directory() {
      return instance.directory
    },
    lockLost: ended.signal,
    get configuration() {
      return instance.configuration
    },
    async listen() {
      await instance.configure()
      await listen(http.server, config)
      await notifyReady(process.env).catch((error: unknown) =>
        // A container can have `NOTIFY_SOCKET` without `systemd-notify`.
        logger.warn({ err: error }, 'systemd could not be told that the server is ready'),
      )
      await instance.start()
      const { pocket, directory } = instance
      const isEmpty = await instance.isEmpty()
      // Uploads that are left because the set-up was completed without them.
      if (!isEmpty) await folder.removeUploads()
      const url = pocket.issuer
      if (await directory.isSetUp()) return { url, setUp: null }
      const migration = isEmpty ? { url: url + pocketIdMigrationPath, token: setUpToken.current } : null
      return { url, setUp: { url: `${url}/login/setup`, migration } }
    },
    async drain() {
      isStopping = true
      http.drain()
      // Until proxies have seen `/readyz`, and clients have used their idle connections once more.
      await setTimeout(drainTime, undefined, { signal: ended.signal }).catch(() => undefined)
    },
    async canShare(signal) {
      // The database may be closed for a migration, or unreachable.
      const isEmpty = () => instance.isEmpty().catch(() => true)
      while (replacement !== undefined || (await isEmpty()))
        await setTimeout(contentCheckInterval, undefined, { signal })
      const remaining = resultShownUntil - performance.now()
      if (remaining <= 0) return
      const minutes = Math.ceil(remaining / 60_000)
      logger.info(
        `The other processes start in ${minutes} minutes; until then this one shows the result of the migration`,
      )
      await setTimeout(remaining, undefined, { signal })
    },
    issueLoginCode: (name) => instance.issueLoginCode(name),
    issueBreakGlassCode: (name) => instance.issueBreakGlassCode(name),
    listPasskeys: (name) => instance.listPasskeys(name),
    removePasskey: (name, id) => instance.removePasskey(name, id),
    rotateKeys: (rotation) => instance.rotateKeys(rotation),
    diagnose: () => instance.diagnose(),
    verifyAuditLog: (expected) => instance.verifyAuditLog(expected),
    measure: () => instance.measure(),
    callApi: (request) => instance.callApi(request),
    async [Symbol.asyncDispose]() {
      await replacement
      http.drain()
      http[Symbol.dispose]()
      await instance.stop(() => stopListening(http.server))
    },
  }
}

async function compose(options: InstanceOptions, serving: Serving): Promise<Instance> {
  const { config, logger, assets, database } = options
  const platform = await createPlatform(options)
  const rendering = await composeRendering(platform, options)
  const services = await composeServices(platform, rendering)
  const { pocket, directory, geoIpService, scheduler, ldap, scim, mail, clock, appearance, show } = services
  for (const job of scheduledJobs(services)) scheduler.register(job)
  const commandLineKey = randomBytes(32).toString('base64url')
  const guard = createGuard({
    pocket,
    directory,
    apiKeys: services.apiKeys,
    isCreatedByApiKey: (userId) => database.bootstrapAccounts.has(userId),
    requiresTwoPasskeys: async () => (await platform.settings.lastKnown()).recoveryCodes === 'two-passkeys',
    staticApiKey: config.staticApiKey,
    commandLineKey,
  })
  const api = composeRestApi(services, guard)
  const pages = composePages(services, guard, serving)

  const userNamed = async (name: string) => {
    const user = await directory.findByName(name)
    if (user) return user
    throw new NotFoundError(
      'account_not_found',
      `There is no user with the name or e-mail address ${name}, or there are two.`,
    )
  }

  const koa = createKoa(logger, show, createAuthentication(pocket, directory).user)
  const forwardAuth = pocket.forwardAuth()
  koa
    // Probes must work without the database, and at any host.
    .use((ctx, next) => (probes.has(ctx.path) ? next() : forwardAuth(ctx, next)))
    .use(serveAssets(assets))
    .use(appearance.serve)
    .use(limitRequests(pocket.limits))
    .use(pocket.koa())
    .use(sameOriginOnly(pocket.originOf))
    .use(api.routes)
    .use(bodies())
    .use(pages.routes())
  const handleByKoa = koa.callback()
  const handle = createRequestListener(
    { trustProxy: config.trustProxy, logger, originOf: pocket.originOf, hstsMaxAge: config.hstsMaxAge },
    async (req, res, { problem }) => {
      const mayBeDocument = problem === undefined && req.url?.includes('/.well-known/')
      // Koa has the error handler.
      const isServed = mayBeDocument && (await pocket.serveDocument(req, res).catch(() => false))
      if (!isServed) await handleByKoa(req, res)
    },
  )
  return {
    pocket,
    directory,
    lockLost: database.lock.lost,
    handle,
    isEmpty: async () => !(await hasContent(databaseOf(database.dataSource))),
    configuration: services.configuration,
    async configure() {
      if (services.configurationWatch) return services.configurationWatch.start()
      if (await services.configuration.release())
        logger.warn('POCKET_CONFIG_FILE is not set; what the configuration file declared can be changed again')
    },
    async start() {
      geoIpService.start()
      if (geoIpService.isMissing()) await database.jobs.markDue('refresh-geoip-database', clock.now())
      scheduler.start()
    },
    async issueLoginCode(name) {
      const user = await userNamed(name)
      const { code, expiresAt } = await pocket.issueLoginCode(user, hour, { byProgram: true })
      return { code, url: `${pocket.issuer}/lc/${code}`, expiresAt }
    },
    async issueBreakGlassCode(name) {
      const code = await services.recovery.createBreakGlassCode(await userNamed(name))
      return { code, url: `${pocket.issuer}/lc` }
    },
    listPasskeys: async (name) => pocket.passkeys.list((await userNamed(name)).id),
    async removePasskey(name, id) {
      const { id: accountId } = await userNamed(name)
      const removed = await pocket.passkeys.removeAsAdministrator(accountId, id)
      const actor = { id: accountId, origin: noOrigin }
      const removals = await services.passkeyRemovals.list(actor, accountId)
      const needsReview = removals.some(({ passkeyId }) => passkeyId === id)
      const reviewUrl = needsReview ? pocket.issuer + passkeyRemovedPath(id, accountId) : null
      return { name: removed.name, reviewUrl }
    },
    rotateKeys: (rotation) => rotateKeys(pocket, rotation),
    async diagnose() {
      await services.diagnosis.run()
      await services.configurationWatch?.inspect()
      return (await services.overview(null)).findings
    },
    verifyAuditLog: (expected) => services.auditChain.verify(expected),
    async measure() {
      return { pool: databaseOf(database.dataSource).pool, emails: await database.emails.countUnsent() }
    },
    callApi: (request) => callApi({ handler: handle, issuer: pocket.issuer, apiKey: commandLineKey }, request),
    async stop(stopRequests) {
      // A request may be waiting for a job run or for a remote server.
      ldap[Symbol.dispose]()
      await services.diagnosis[Symbol.asyncDispose]()
      await services.configurationWatch?.[Symbol.asyncDispose]()
      await scim.runs[Symbol.asyncDispose]()
      await stopRequests()
      await scheduler[Symbol.asyncDispose]()
      await geoIpService[Symbol.asyncDispose]()
      await api.flush()
      await mail.delivery.stop()
      await pocket[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
