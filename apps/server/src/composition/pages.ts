import type Router from '@koa/router'
import { databaseOf } from '@pocket/core/internal/sql'
import type { Context } from 'koa'
import type { Guard } from '../access/guard.ts'
import { apiPages } from '../apis/page.ts'
import { siteFiles } from '../appearance/site-files.ts'
import { backupPages } from '../backup/page.ts'
import { createNewSecrets } from '../clients/new-secrets.ts'
import { clientPages } from '../clients/page.ts'
import { trustNone } from '../config/trust-proxy.ts'
import { deviceAuthorizationPages } from '../device-authorization/page.ts'
import { devicePages } from '../device-login/page.ts'
import { emailPages } from '../email/page.ts'
import { groupPages } from '../groups/page.ts'
import { createAuthentication } from '../http/authentication.ts'
import { createFlashes } from '../http/flash.ts'
import { healthCheck } from '../http/health.ts'
import { readiness } from '../http/readiness.ts'
import { reauthenticationPages } from '../http/reauthentication.ts'
import { jobPages } from '../jobs/page.ts'
import { ldapPages } from '../ldap/page.ts'
import { messageOf } from '../logging/failure.ts'
import { openApiPage } from '../openapi/page.ts'
import { overviewPages } from '../overview/page.ts'
import type { MigrationRunner } from '../pocket-id-migration/migration-runner.ts'
import { pocketIdMigrationPages } from '../pocket-id-migration/page.ts'
import { pocketIdMigrationPath, type SetUpToken } from '../pocket-id-migration/set-up-access.ts'
import { hasContent } from '../pocket-id-migration/target-content.ts'
import { preferencePages } from '../preferences/page.ts'
import { recoveryPages } from '../recovery/page.ts'
import { scimPages } from '../scim/page.ts'
import { scimStateOf } from '../scim/providers.ts'
import { createChoices } from '../search/choices.ts'
import { choosePages } from '../search/choose-page.ts'
import { searchPages } from '../search/page.ts'
import { userSessionsPages } from '../sessions/user-page.ts'
import { setUpPages } from '../set-up/page.ts'
import { signInPages } from '../sign-in/page.ts'
import { addPasskeyPages } from '../sign-up/add-passkey-page.ts'
import { approvalsPages } from '../sign-up/approvals-page.ts'
import { invitationsPages } from '../sign-up/invitations-page.ts'
import { signUpPages } from '../sign-up/page.ts'
import { arrivedPage } from '../sign-up/return-path.ts'
import { userPages } from '../user-pages/page.ts'
import { composeAccountPages } from './account-pages.ts'
import type { Config } from './config.ts'
import { pocketIdMigration } from './pocket-id-migration.ts'
import { createRoutes } from './routes.ts'
import type { Services } from './services.ts'
import { composeSettingPages } from './setting-pages.ts'

/** Services that outlive an instance that a migration replaces. */
export interface Serving {
  readonly runner: MigrationRunner
  readonly setUpToken: SetUpToken
  readonly isStopping: () => boolean
}

export function composePages(services: Services, guard: Guard, { runner, setUpToken, isStopping }: Serving): Router {
  const { database, pocket, directory, show, config, logger } = services
  const secure = pocket.issuer.startsWith('https:')
  const authentication = createAuthentication(pocket, directory)
  const flashes = createFlashes(database.masterKey, secure)
  const reauthentication = reauthenticationPages({ pocket, guard, authentication, show })
  const shared = { ...services, authentication, reauthentication, flashes, secure }
  const isEmpty = async () => !(await hasContent(databaseOf(database.dataSource)))
  const deviceAuthorization = deviceAuthorizationPages(shared)
  return createRoutes({
    health: healthCheck({ ping: database.ping, answerProbe: services.proxyProbe.answer }),
    ready: readiness({
      checks: { ...database.checks, keys: pocket.verifyKeys },
      ...(services.configurationWatch && { optional: { configuration: services.configurationWatch.isOperational } }),
      isStopping,
      onFailure: (check, error) =>
        services.logger.warn({ check, reason: messageOf(error) }, 'This server is not ready'),
    }),
    passkeyEndpoints: passkeyEndpoints(pocket.issuer),
    signIn: signInPages(shared),
    arrived: arrivedPage(shared),
    signUp: signUpPages(shared),
    device: devicePages(shared, deviceAuthorization.show),
    deviceAuthorization,
    email: emailPages(shared),
    reauthentication,
    pages: [
      ...siteFiles({ ...shared, appName: async () => (await services.settings.lastKnown()).appName }),
      ...setUpPages({ ...shared, migrationUrl: async () => ((await isEmpty()) ? pocketIdMigrationPath : null) }),
      ...pocketIdMigrationPages({
        ...shared,
        ...pocketIdMigration(config, logger),
        runner,
        setUpToken,
        isEmpty,
        ownEncryptionKey: config.encryptionKey,
      }),
      ...addPasskeyPages(shared),
      ...recoveryPages(shared),
      ...preferencePages(shared),
      ...userPages(shared),
      ...groupPages(shared),
      ...userSessionsPages(shared),
      ...approvalsPages(shared),
      ...searchPages(shared),
      ...choosePages({ ...shared, choices: createChoices(shared) }),
      ...overviewPages(shared),
      ...jobPages(shared),
      ...backupPages(shared),
      ...ldapPages(shared),
      ...apiPages(shared),
      ...invitationsPages(shared),
      ...clientPages({
        ...shared,
        redirectUriPolicy: { allowInsecure: services.config.allowInsecureCallbackUrls },
        proxies: proxiesOf(services.config),
        newSecrets: createNewSecrets({ ...shared, masterKey: database.masterKey }),
        scimState: async (id) => scimStateOf(await services.scim.providers.findByClient(id)),
      }),
      ...scimPages(shared),
      ...composeAccountPages(shared),
      ...composeSettingPages(shared),
      ...openApiPage({ script: services.assets.path('api-docs.js'), styles: services.assets.path('api-docs.css') }),
    ],
    limits: pocket.limits,
    guarded: reauthentication.guarded,
  })
}

/** `/.well-known/passkey-endpoints`: the URLs where password managers send users to add and manage passkeys (W3C). */
function passkeyEndpoints(issuer: string) {
  const account = `${issuer}/settings/account/security`
  return async (ctx: Context): Promise<void> => {
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.body = { enroll: account, manage: account }
  }
}

/** A proxy on the same machine or in the same network reaches this server at its internal address. */
function proxiesOf({ trustProxy, internalAppUrl, port }: Pick<Config, 'trustProxy' | 'internalAppUrl' | 'port'>) {
  return { isTrusted: trustProxy !== trustNone, pocketUrl: internalAppUrl ?? `http://127.0.0.1:${port}` }
}
