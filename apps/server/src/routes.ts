import Router from '@koa/router'
import type { Limiter } from '@pocket/core'
import type { Context } from 'koa'
import type { deviceAuthorizationPages } from './device-authorization/page.ts'
import type { devicePages } from './device-login/page.ts'
import type { emailPages } from './email/page.ts'
import { limited } from './http/limits.ts'
import { addPages, type PageRoute } from './http/page-routes.ts'
import type { reauthenticationPages } from './http/reauthentication.ts'
import type { signInPages } from './sign-in/page.ts'
import type { signUpPages } from './sign-up/page.ts'
import type { arrivedPage } from './sign-up/way-back.ts'

export interface Handlers {
  readonly health: (ctx: Context) => Promise<void>
  readonly passkeyEndpoints: (ctx: Context) => Promise<void>
  readonly signIn: ReturnType<typeof signInPages>
  readonly signUp: ReturnType<typeof signUpPages>
  readonly arrived: ReturnType<typeof arrivedPage>
  readonly device: ReturnType<typeof devicePages>
  readonly deviceAuthorization: ReturnType<typeof deviceAuthorizationPages>
  readonly email: ReturnType<typeof emailPages>
  readonly reauthentication: ReturnType<typeof reauthenticationPages>
  /** Those that bring their addresses. */
  readonly pages: readonly PageRoute[]
  readonly limits: Limiter
}

/** Every address of this server, but for those of the protocol, which core answers: those of the sign-in side, then the pages that bring theirs. */
export function createRoutes({
  health,
  passkeyEndpoints,
  signIn,
  signUp,
  arrived,
  device,
  deviceAuthorization,
  email,
  reauthentication,
  pages,
  limits,
}: Handlers): Router {
  const router = new Router({ sensitive: true })
  const deviceCode = limited(limits, 'device-login-verification')
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

  router.get('/signup', signUp.show)
  router.get('/signup/waiting', signUp.waiting)
  router.get('/interaction/:uid/arrived', arrived)
  router.get('/st/:token', signUpForm, signUp.showWithToken)
  router.post('/signup/options', signUpForm, signUp.options)
  router.post('/signup', limited(limits, 'signup'), signUp.finish)

  router.get('/settings', signIn.root)

  addPages(router, limits, pages)
  return router
}
