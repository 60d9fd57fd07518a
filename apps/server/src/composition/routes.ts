import Router from '@koa/router'
import type { Context } from 'koa'
import type { deviceAuthorizationPages } from '../device-authorization/page.ts'
import type { devicePages } from '../device-login/page.ts'
import type { emailPages } from '../email/page.ts'
import { addPages, type PageRoute, type PageRouteDeps } from '../http/page-routes.ts'
import { liveness } from '../http/readiness.ts'
import type { reauthenticationPages } from '../http/reauthentication.ts'
import type { signInPages } from '../sign-in/page.ts'
import type { signUpPages } from '../sign-up/page.ts'
import type { arrivedPage } from '../sign-up/return-path.ts'

export interface Handlers {
  readonly health: (ctx: Context) => Promise<void>
  readonly ready: (ctx: Context) => Promise<void>
  readonly passkeyEndpoints: (ctx: Context) => Promise<void>
  readonly signIn: ReturnType<typeof signInPages>
  readonly signUp: ReturnType<typeof signUpPages>
  readonly arrived: ReturnType<typeof arrivedPage>
  readonly device: ReturnType<typeof devicePages>
  readonly deviceAuthorization: ReturnType<typeof deviceAuthorizationPages>
  readonly email: ReturnType<typeof emailPages>
  readonly reauthentication: ReturnType<typeof reauthenticationPages>
  /** Pages that define their own paths. */
  readonly pages: readonly PageRoute[]
  readonly limits: PageRouteDeps['limits']
  readonly guarded: PageRouteDeps['guarded']
}

/** All routes of this server except the protocol endpoints, which core serves: first the sign-in routes, then `pages`. */
export function createRoutes({
  health,
  ready,
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
  guarded,
}: Handlers): Router {
  const signInRoutes: readonly PageRoute[] = [
    { method: 'get', path: '/healthz', handle: health },
    { method: 'get', path: '/livez', handle: liveness },
    { method: 'get', path: '/readyz', handle: ready },
    { method: 'get', path: '/.well-known/passkey-endpoints', handle: passkeyEndpoints },

    { method: 'get', path: '/', handle: signIn.root },
    { method: 'get', path: '/login', handle: signIn.show },
    { method: 'post', path: '/login', handle: signIn.submit },
    { method: 'get', path: '/login/ceremony', handle: signIn.ceremony },
    { method: 'get', path: '/lc', handle: signIn.code },
    { method: 'get', path: '/lc/:code', handle: signIn.code },
    { method: 'post', path: '/lc', handle: signIn.submitCode },
    { method: 'post', path: '/lc/email', limit: 'one-time-access-email', handle: email.requestCode },
    { method: 'get', path: '/login/device', handle: device.waiting.show },
    { method: 'post', path: '/login/device/:id', handle: device.waiting.submit },
    { method: 'get', path: '/device', limit: deviceCode, counts: hasCode, handle: device.show },
    { method: 'get', path: '/device/approve', handle: device.refresh },
    { method: 'post', path: '/device/approve', limit: deviceCode, handle: device.approve },
    { method: 'post', path: '/device/deny', limit: deviceCode, handle: device.deny },
    { method: 'get', path: '/device/allow', handle: deviceAuthorization.refresh },
    { method: 'post', path: '/device/allow', limit: deviceCode, handle: deviceAuthorization.allow },
    { method: 'post', path: '/device/refuse', limit: deviceCode, handle: deviceAuthorization.refuse },
    { method: 'get', path: '/logout', handle: signIn.signOut },
    { method: 'post', path: '/logout', handle: signIn.submitSignOut },

    { method: 'get', path: '/reauthenticate', handle: reauthentication.refresh },
    { method: 'post', path: '/reauthenticate', handle: reauthentication.submit },

    { method: 'get', path: '/verify-email', handle: email.showVerification },
    { method: 'post', path: '/verify-email', limit: 'verify-email', handle: email.verify },

    { method: 'get', path: '/signup', handle: signUp.show },
    { method: 'get', path: '/signup/waiting', handle: signUp.waiting },
    { method: 'get', path: '/interaction/:uid/arrived', handle: arrived },
    { method: 'get', path: '/st/:token', limit: 'signup-form', handle: signUp.showWithToken },
    { method: 'post', path: '/signup/options', limit: 'signup-form', handle: signUp.options },
    { method: 'post', path: '/signup', limit: 'signup', handle: signUp.finish },

    { method: 'get', path: '/settings', handle: signIn.root },
  ]
  const router = new Router({ sensitive: true })
  addPages(router, { limits, guarded }, [...signInRoutes, ...pages])
  return router
}

const deviceCode = 'device-login-verification'

function hasCode({ query }: Context): boolean {
  return Boolean(query.code ?? query.user_code)
}
