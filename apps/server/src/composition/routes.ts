import Router from '@koa/router'
import type { Context } from 'koa'
import type { deviceAuthorizationPages } from '../device-authorization/page.ts'
import type { devicePages } from '../device-login/page.ts'
import type { emailPages } from '../email/page.ts'
import { addPages, type PageRoute, type PageRouteDeps, route } from '../http/page-routes.ts'
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
export function createRoutes(handlers: Handlers): Router {
  const { health, ready, passkeyEndpoints, signIn, signUp, arrived, device } = handlers
  const { deviceAuthorization, email, reauthentication, pages, limits, guarded } = handlers
  const signInRoutes: readonly PageRoute[] = [
    route.get('/healthz', health),
    route.get('/livez', liveness),
    route.get('/readyz', ready),
    route.get('/.well-known/passkey-endpoints', passkeyEndpoints),

    route.get('/', signIn.root),
    route.get('/login', signIn.show),
    route.post('/login', signIn.submit),
    route.get('/login/ceremony', signIn.ceremony),
    route.get('/lc', signIn.code),
    route.get('/lc/:code', signIn.code),
    route.post('/lc', signIn.submitCode),
    route.post('/lc/email', email.requestCode, { limit: 'one-time-access-email' }),
    route.get('/login/device', device.waiting.show),
    route.post('/login/device/:id', device.waiting.submit),
    route.get('/device', device.show, { limit: deviceCode, counts: hasCode }),
    route.get('/device/approve', device.refresh),
    route.post('/device/approve', device.approve, { limit: deviceCode }),
    route.post('/device/deny', device.deny, { limit: deviceCode }),
    route.get('/device/allow', deviceAuthorization.refresh),
    route.post('/device/allow', deviceAuthorization.allow, { limit: deviceCode }),
    route.post('/device/refuse', deviceAuthorization.refuse, { limit: deviceCode }),
    route.get('/logout', signIn.signOut),
    route.post('/logout', signIn.submitSignOut),

    route.get('/reauthenticate', reauthentication.refresh),
    route.post('/reauthenticate', reauthentication.submit),

    route.get('/verify-email', email.showVerification),
    route.post('/verify-email', email.verify, { limit: 'verify-email' }),

    route.get('/signup', signUp.show),
    route.get('/signup/waiting', signUp.waiting),
    route.get('/interaction/:uid/arrived', arrived),
    route.get('/st/:token', signUp.showWithToken, { limit: 'signup-form' }),
    route.post('/signup/options', signUp.options, { limit: 'signup-form' }),
    route.post('/signup', signUp.finish, { limit: 'signup' }),

    route.get('/settings', signIn.root),
  ]
  const router = new Router({ sensitive: true })
  addPages(router, { limits, guarded }, [...signInRoutes, ...pages])
  return router
}

const deviceCode = 'device-login-verification'

function hasCode({ query }: Context): boolean {
  return Boolean(query.code ?? query.user_code)
}
