import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { KeyReplacement, Passkey, Pocket } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { Directory } from '@pocket/directory'
import { createGuard } from './access/guard.ts'
import type { Config } from './composition/config.ts'
import { openDatabase } from './composition/open-database.ts'
import { composePages } from './composition/pages.ts'
import { createPlatform, type InstanceOptions } from './composition/platform.ts'
import { composeRendering } from './composition/rendering.ts'
import { composeRestApi } from './composition/rest-api.ts'
import { scheduledJobs } from './composition/scheduled-jobs.ts'
import { composeServices } from './composition/services.ts'
import { packageFolder } from './config/package-folder.ts'
import { loadAssets, serveAssets } from './http/assets.ts'
import { type ApiRequest, type ApiResponse, callApi } from './http/call-api.ts'
import { bodies, createKoa, sameOriginOnly } from './http/koa.ts'
import { limitRequests } from './http/limits.ts'
import { listen, stopListening } from './http/listen.ts'
import type { Logger } from './logging/logger.ts'
import { type KeyRotationOptions, rotateKeys } from './signing-keys/rotation.ts'
import { passkeyRemovedPath } from './webauthn/passkey-removed-page.ts'

/** A server instance, listening or not yet listening. Disposing it stops everything it started. */
export interface App extends AsyncDisposable {
  readonly pocket: Pocket
  readonly directory: Directory
  /** Aborted when another process has taken over the database. */
  readonly lockLost: AbortSignal
  /** Starts the HTTP server and resolves to its public URL. */
  listen(): Promise<{ readonly url: string; readonly setUpUrl: string | null }>
  /** Creates a login code for the user with this user name or e-mail address. Instants in milliseconds since the Unix epoch. */
  issueLoginCode(name: string): Promise<{ readonly code: string; readonly url: string; readonly expiresAt: number }>
  passkeysOf(name: string): Promise<readonly Passkey[]>
  /** `reviewUrl` is the page that lists what was created with the passkey; `null` if none of it is active. */
  removePasskey(name: string, id: string): Promise<{ readonly name: string; readonly reviewUrl: string | null }>
  /** Replaces the signing key of one algorithm; by default the keys of all algorithms. */
  rotateKeys(rotation: KeyRotationOptions): Promise<readonly KeyReplacement[]>
  /** Calls the REST API as the command line, without a connection. */
  callApi(request: ApiRequest): Promise<ApiResponse>
}

/** Milliseconds. */
const hour = 3_600_000
/** Milliseconds. Longer than a reverse proxy's idle timeout, usually a minute, so that it never reuses a closed connection. */
const keepAliveTimeout = 75_000
const viewsDirectory = join(packageFolder, 'views')
const assetsDirectory = join(packageFolder, 'dist', 'web')
const cataloguesDirectory = join(packageFolder, 'locales')

/**
 * Opens and migrates the database, loads the keys, and registers all routes.
 *
 * @param stop - aborts the wait for a database that is not reachable yet
 */
export async function createApp(config: Config, logger: Logger, stop?: AbortSignal): Promise<App> {
  const assets = await loadAssets(assetsDirectory)
  const database = await openDatabase(config, logger, stop)
  try {
    return await compose({ config, logger, assets, database, viewsDirectory, cataloguesDirectory })
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

async function compose(options: InstanceOptions): Promise<App> {
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
    staticApiKey: config.staticApiKey,
    commandLineKey,
  })
  const api = composeRestApi(services, guard)
  const pages = composePages(services, guard, api.document)

  const userNamed = async (name: string) => {
    const user = await directory.findByName(name)
    if (user) return user
    throw new NotFoundError(
      'account_not_found',
      `There is no user with the name or e-mail address ${name}, or there are two.`,
    )
  }

  const koa = createKoa({
    trustProxy: config.trustProxy,
    logger,
    show,
    originOf: pocket.originOf,
    hstsMaxAge: config.hstsMaxAge,
  })
  koa
    .use(serveAssets(assets))
    .use(appearance.serve)
    .use(limitRequests(pocket.limits))
    .use(pocket.koa())
    .use(sameOriginOnly(pocket.originOf))
    .use(api.routes)
    .use(bodies())
    .use(pages.routes())
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 60_000, keepAliveTimeout }, koa.callback())

  return {
    pocket,
    directory,
    lockLost: database.lock.lost,
    async listen() {
      await listen(server, config)
      geoIpService.start()
      if (geoIpService.isMissing()) await database.jobs.markDue('refresh-places', clock.now())
      scheduler.start()
      return { url: pocket.issuer, setUpUrl: (await directory.isSetUp()) ? null : `${pocket.issuer}/login/setup` }
    },
    async issueLoginCode(name) {
      const user = await userNamed(name)
      const { code, expiresAt } = await pocket.issueLoginCode(user, hour)
      return { code, url: `${pocket.issuer}/lc/${code}`, expiresAt }
    },
    passkeysOf: async (name) => pocket.passkeys.list((await userNamed(name)).id),
    async removePasskey(name, id) {
      const { id: accountId } = await userNamed(name)
      const removed = await pocket.passkeys.removeEvenLast(accountId, id)
      const actor = { id: accountId, origin: { requestId: null, ipAddress: null, userAgent: null } }
      const removals = await services.passkeyRemovals.list(actor, accountId)
      const isToReview = removals.some(({ passkeyId }) => passkeyId === id)
      const reviewUrl = isToReview ? pocket.issuer + passkeyRemovedPath(id, accountId) : null
      return { name: removed.name, reviewUrl }
    },
    rotateKeys: (rotation) => rotateKeys(pocket, rotation),
    callApi: (request) => callApi({ handler: koa.callback(), issuer: pocket.issuer, apiKey: commandLineKey }, request),
    async [Symbol.asyncDispose]() {
      // A request may be waiting for a job run or for a remote server.
      ldap[Symbol.dispose]()
      await scim.runs[Symbol.asyncDispose]()
      await stopListening(server)
      await scheduler[Symbol.asyncDispose]()
      await geoIpService[Symbol.asyncDispose]()
      await api.flush()
      await mail.delivery.stop()
      await pocket[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
