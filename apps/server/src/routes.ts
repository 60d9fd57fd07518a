import Router from '@koa/router'
import type { Limiter } from '@pocket/core'
import type { Context } from 'koa'
import type { deviceAuthorizationPages } from './device-authorization/page.ts'
import type { devicePages } from './device-login/page.ts'
import type { emailPages } from './email/page.ts'
import type { groupPages } from './groups/page.ts'
import { limited } from './http/limits.ts'
import { addPages, type PageRoute } from './http/page-routes.ts'
import type { reauthenticationPages } from './http/reauthentication.ts'
import type { openApiPage } from './openapi/page.ts'
import type { preferencePages } from './preferences/page.ts'
import type { userSessionsPages } from './sessions/user-page.ts'
import type { setUpPages } from './set-up/page.ts'
import type { signInPages } from './sign-in/page.ts'
import type { addPasskeyPages } from './sign-up/add-passkey-page.ts'
import type { approvalsPages } from './sign-up/approvals-page.ts'
import type { signUpPages } from './sign-up/page.ts'
import type { arrivedPage } from './sign-up/way-back.ts'
import type { userPages } from './users/page.ts'
import type { passkeyPolicyPages } from './webauthn/policy-page.ts'

export interface Handlers {
  readonly health: (ctx: Context) => Promise<void>
  readonly passkeyEndpoints: (ctx: Context) => Promise<void>
  readonly signIn: ReturnType<typeof signInPages>
  readonly setUp: ReturnType<typeof setUpPages>
  readonly signUp: ReturnType<typeof signUpPages>
  readonly arrived: ReturnType<typeof arrivedPage>
  readonly addPasskey: ReturnType<typeof addPasskeyPages>
  readonly userSessions: ReturnType<typeof userSessionsPages>
  readonly approvals: ReturnType<typeof approvalsPages>
  readonly users: ReturnType<typeof userPages>
  readonly groups: ReturnType<typeof groupPages>
  readonly device: ReturnType<typeof devicePages>
  readonly deviceAuthorization: ReturnType<typeof deviceAuthorizationPages>
  readonly email: ReturnType<typeof emailPages>
  readonly reauthentication: ReturnType<typeof reauthenticationPages>
  readonly preferences: ReturnType<typeof preferencePages>
  /** Those that bring their addresses. */
  readonly pages: readonly PageRoute[]
  readonly limits: Limiter
  readonly passkeyPolicy: ReturnType<typeof passkeyPolicyPages>
  readonly apiDocs: ReturnType<typeof openApiPage>
}

/** Every address of this server, but for those of the protocol, which core answers. */
export function createRoutes({
  health,
  passkeyEndpoints,
  signIn,
  setUp,
  signUp,
  arrived,
  userSessions,
  approvals,
  users,
  groups,
  device,
  deviceAuthorization,
  addPasskey,
  email,
  reauthentication,
  preferences,
  pages,
  limits,
  passkeyPolicy,
  apiDocs,
}: Handlers): Router {
  const router = new Router({ sensitive: true })
  const deviceCode = limited(limits, 'device-login-verification')
  const setUpLimit = limited(limits, 'setup')
  const signUpForm = limited(limits, 'signup-form')

  router.get('/healthz', health)
  router.get('/.well-known/passkey-endpoints', passkeyEndpoints)

  router.get('/', signIn.root)
  router.get('/login', signIn.show)
  router.post('/login', signIn.submit)
  router.get('/login/ceremony', signIn.ceremony)
  router.get('/lc', signIn.code)
  router.get('/lc/:code', signIn.code)
  router.post('/lc', signIn.submitCode)
  router.get('/login/device', device.waiting.show)
  router.post('/login/device/:id', device.waiting.submit)
  router.get(
    '/device',
    limited(limits, 'device-login-verification', ({ query }) => Boolean(query.code ?? query.user_code)),
    device.show,
  )
  router.get('/device/approve', device.refreshApproval)
  router.post('/device/approve', deviceCode, device.approve)
  router.get('/device/deny', device.refreshDenial)
  router.post('/device/deny', deviceCode, device.deny)
  router.get('/device/allow', deviceAuthorization.refresh)
  router.post('/device/allow', deviceCode, deviceAuthorization.allow)
  router.post('/device/refuse', deviceCode, deviceAuthorization.refuse)
  router.post('/lc/email', limited(limits, 'one-time-access-email'), email.requestCode)
  router.get('/logout', signIn.signOut)
  router.post('/logout', signIn.submitSignOut)

  router.get('/reauthenticate', reauthentication.refresh)
  router.post('/reauthenticate', reauthentication.submit)

  router.get('/verify-email', email.showVerification)
  router.post('/verify-email', limited(limits, 'verify-email'), email.verify)

  router.get('/setup', setUp.alias)
  router.get('/signup/setup', setUp.alias)
  router.get('/login/setup', setUp.show)
  router.post('/login/setup/options', setUpLimit, setUp.options)
  router.post('/login/setup', setUpLimit, setUp.finish)

  router.get('/signup', signUp.show)
  router.get('/signup/waiting', signUp.waiting)
  router.get('/interaction/:uid/arrived', arrived)
  router.get('/st/:token', signUpForm, signUp.showWithToken)
  router.post('/signup/options', signUpForm, signUp.options)
  router.post('/signup', limited(limits, 'signup'), signUp.finish)
  router.get('/signup/add-passkey', addPasskey.show)
  router.post('/signup/add-passkey/options', addPasskey.options)
  router.post('/signup/add-passkey', addPasskey.finish)

  router.post('/preferences', preferences.save)

  router.get('/settings', signIn.root)
  router.get('/settings/admin/users', users.list)
  router.post('/settings/admin/users/bulk', users.bulk)
  router.get('/settings/admin/users/new', users.new)
  router.post('/settings/admin/users/new', users.create)
  router.get('/settings/admin/users/:id', users.show)
  router.post('/settings/admin/users/:id', users.update)
  router.post('/settings/admin/users/:id/enable', users.setDisabled)
  router.post('/settings/admin/users/:id/disable', users.setDisabled)
  router.post('/settings/admin/users/:id/groups', users.setGroups)
  router.post('/settings/admin/users/:id/claims', users.setClaims)
  router.post('/settings/admin/users/:id/picture', users.putPicture)
  router.post('/settings/admin/users/:id/picture/remove', users.removePicture)
  router.post('/settings/admin/users/:id/passkeys/:passkeyId/remove', users.removePasskey)
  router.post('/settings/admin/users/:id/way-in', users.makeWayIn)
  router.post('/settings/admin/users/:id/way-in/send', users.sendWayIn)
  router.get('/settings/admin/users/:id/remove', users.askRemoval)
  router.post('/settings/admin/users/:id/remove', users.remove)

  router.get('/settings/admin/user-groups', groups.list)
  router.post('/settings/admin/user-groups/bulk', groups.bulk)
  router.get('/settings/admin/user-groups/new', groups.new)
  router.post('/settings/admin/user-groups/new', groups.create)
  router.get('/settings/admin/user-groups/:id', groups.show)
  router.post('/settings/admin/user-groups/:id', groups.update)
  router.post('/settings/admin/user-groups/:id/members', groups.addMember)
  router.post('/settings/admin/user-groups/:id/members/:userId/end', groups.setMemberEnd)
  router.post('/settings/admin/user-groups/:id/members/:userId/remove', groups.removeMember)
  router.post('/settings/admin/user-groups/:id/claims', groups.setClaims)
  router.post('/settings/admin/user-groups/:id/clients', groups.setClients)
  router.get('/settings/admin/user-groups/:id/remove', groups.askRemoval)
  router.post('/settings/admin/user-groups/:id/remove', groups.remove)

  router.post('/settings/admin/users/:id/sessions/end', userSessions.endAll)
  router.post('/settings/admin/users/:id/sessions/:sessionId/end', userSessions.end)

  router.get('/settings/admin/approvals', approvals.show)
  router.post('/settings/admin/approvals/:id', approvals.decide)

  router.get('/settings/admin/passkeys', passkeyPolicy.show)
  router.post('/settings/admin/passkeys', reauthentication.sensitive(passkeyPolicy.save))
  router.post('/settings/admin/passkeys/metadata', passkeyPolicy.readMetadata)

  router.get('/api/docs', apiDocs.show)
  addPages(router, limits, pages)
  return router
}
