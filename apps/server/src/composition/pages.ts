import type Router from '@koa/router'
import type { AuditSink, Clock, Pocket, ReadPasskeyPolicy, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { Context } from 'koa'
import type { Guard } from '../access/guard.ts'
import { apiPages } from '../apis/page.ts'
import type { Appearance } from '../appearance/appearance.ts'
import { clientPages } from '../clients/page.ts'
import { deviceAuthorizationPages } from '../device-authorization/page.ts'
import { devicePages } from '../device-login/page.ts'
import type { Mail } from '../email/email-service.ts'
import { emailPages } from '../email/page.ts'
import type { Assets } from '../http/assets.ts'
import { createAuthentication } from '../http/authentication.ts'
import type { Catalogues } from '../http/catalogues.ts'
import { createFlashes } from '../http/flash.ts'
import { healthCheck } from '../http/health.ts'
import type { MessagesFor } from '../http/messages-for.ts'
import type { PagePictures } from '../http/page-pictures.ts'
import { readiness } from '../http/readiness.ts'
import { reauthenticationPages } from '../http/reauthentication.ts'
import type { ShowPage } from '../http/show-page.ts'
import type { ApplicationImages } from '../images/application-images.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { Images } from '../images/images.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { jobPages } from '../jobs/page.ts'
import type { JobNotes } from '../jobs/page-model.ts'
import { ldapPages } from '../ldap/page.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import type { OpenApiDocument } from '../openapi/document.ts'
import { openApiPage } from '../openapi/page.ts'
import type { ReadOverview } from '../overview/overview.ts'
import { overviewPages } from '../overview/page.ts'
import { preferencePages } from '../preferences/page.ts'
import { type ScimPagePorts, scimPages } from '../scim/page.ts'
import { scimStateOf } from '../scim/providers.ts'
import { searchPages } from '../search/page.ts'
import type { Search } from '../search/search.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import { userSessionsPages } from '../sessions/user-page.ts'
import { setUpPages } from '../set-up/page.ts'
import type { SetUp } from '../set-up/set-up.ts'
import type { Settings } from '../settings/settings.ts'
import { signInPages } from '../sign-in/page.ts'
import { addPasskeyPages } from '../sign-up/add-passkey-page.ts'
import { approvalsPages } from '../sign-up/approvals-page.ts'
import { invitationsPages } from '../sign-up/invitations-page.ts'
import { signUpPages } from '../sign-up/page.ts'
import { arrivedPage } from '../sign-up/return-path.ts'
import type { SignUp } from '../sign-up/sign-up.ts'
import type { SignUpSettings } from '../sign-up/sign-up-settings.ts'
import { composeAccountPages } from './account-pages.ts'
import type { Administration } from './administration.ts'
import { composeAdministrationPages } from './administration-pages.ts'
import type { LdapModule } from './ldap.ts'
import type { OpenDatabase } from './open-database.ts'
import { createRoutes } from './routes.ts'
import { composeSettingPages } from './setting-pages.ts'

export interface PageParts {
  readonly guard: Guard
  readonly database: OpenDatabase
  readonly pocket: Pocket
  readonly directory: Directory
  readonly administration: Administration
  readonly settings: Settings
  readonly signUpSettings: () => Promise<SignUpSettings>
  readonly signUpUrl: () => Promise<string | null>
  readonly codesByEmail: () => Promise<boolean>
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly setUp: SetUp
  readonly signUp: SignUp
  readonly sessions: SessionAdministration
  readonly mail: Mail
  readonly images: Images
  readonly applicationImages: ApplicationImages
  readonly clientLogos: ClientLogos
  readonly pictures: PagePictures
  readonly appearance: Appearance
  readonly assets: Assets
  readonly catalogues: Catalogues
  readonly messagesFor: MessagesFor
  readonly jobs: Jobs
  readonly ldap: LdapModule
  readonly jobNotes: () => JobNotes
  readonly overview: ReadOverview
  readonly search: Search
  readonly scim: Pick<ScimPagePorts, 'providers' | 'runs' | 'records'>
  readonly apiDocument: () => OpenApiDocument
  readonly show: ShowPage
  readonly logger: Logger
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
}

/** All pages with their routes. */
export function composePages(parts: PageParts): Router {
  const { database, pocket, directory, administration, settings, signUpSettings, mail, show } = parts
  const secure = pocket.issuer.startsWith('https:')
  const authentication = createAuthentication(pocket, directory)
  const flashes = createFlashes(database.masterKey, secure)
  const reauthentication = reauthenticationPages({ pocket, guard: parts.guard, authentication, show })
  const shared = { ...parts, authentication, reauthentication, flashes }
  const deviceAuthorization = deviceAuthorizationPages(shared)
  return createRoutes({
    health: healthCheck(database.ping),
    ready: readiness({
      checks: { ...database.checks, keys: pocket.verifyKeys },
      onFailure: (check, error) => parts.logger.warn({ check, reason: messageOf(error) }, 'This server is not ready'),
    }),
    passkeyEndpoints: passkeyEndpoints(pocket.issuer),
    signIn: signInPages(shared),
    arrived: arrivedPage(shared),
    signUp: signUpPages({ ...shared, settings: signUpSettings }),
    device: devicePages({ ...shared, showAuthorization: deviceAuthorization.show }),
    deviceAuthorization,
    email: emailPages({ ...shared, waiting: administration.signUpVerification, bindBrowser: pocket.bindBrowser }),
    reauthentication,
    pages: [
      ...setUpPages(shared),
      ...addPasskeyPages(shared),
      ...preferencePages({ catalogues: parts.catalogues, secure }),
      ...composeAdministrationPages({ ...shared, auditLog: database.auditLog }),
      ...userSessionsPages({
        ...shared,
        users: administration.users,
      }),
      ...approvalsPages({
        ...shared,
        approvals: administration.approvals,
        settings: signUpSettings,
        canSendEmail: mail.reaches,
      }),
      ...searchPages(shared),
      ...overviewPages(shared),
      ...jobPages(shared),
      ...ldapPages(shared),
      ...apiPages(shared),
      ...invitationsPages({
        ...shared,
        tokens: administration.signupTokens,
        settings: signUpSettings,
        groups: directory.groups,
        issuer: pocket.issuer,
      }),
      ...clientPages({
        ...shared,
        accounts: directory.accounts,
        groups: directory.groups,
        users: directory,
        logos: parts.clientLogos,
        appName: async () => (await settings.lastKnown()).appName,
        now: () => parts.clock.now(),
        scimState: async (id) => scimStateOf(await parts.scim.providers.findByClient(id)),
      }),
      ...scimPages({ ...shared, ...parts.scim }),
      ...composeAccountPages(shared),
      ...composeSettingPages(shared),
      ...openApiPage({
        document: parts.apiDocument,
        styles: parts.assets.path('pocket.css'),
        appearance: async () => parts.appearance.urlFor((await parts.pictures.instance()).background),
      }),
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
