import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { CoreContext } from '../context.ts'
import { PocketError } from '../errors.ts'
import { readJsonObject } from '../http/body.ts'
import { configuredOrigin } from '../http/own-origin.ts'
import { assertBodyUnread } from '../http/unread-body.ts'
import { isWithoutPasskey } from '../sessions/session.ts'
import type { AuthenticationCeremony, SignInView } from '../views/views.ts'
import { addBuiltInMethods } from './built-in-methods.ts'
import { createPageResponses } from './page-responses.ts'
import type { ReauthenticationService } from './reauthentication.ts'
import type { RegistrationService } from './registration.ts'
import type { InteractionServices } from './services.ts'

interface LoginPageServices extends InteractionServices {
  readonly reauthentication: ReauthenticationService
  readonly registration: RegistrationService
}

/** A sign-in at the host's own site; `returnTo` is a path of this origin. */
interface SiteLogin {
  readonly returnTo: string
}

/** The URL of a login page of this provider, which returns to `returnTo`. */
export function loginPageUrl(basePath: string, path: string, returnTo: string): string {
  return `${basePath}${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ redirect: returnTo })}`
}

/** The pages at `loginPath`, where users sign in to the host's own site and create their passkeys. */
export function createLoginPages(context: CoreContext, services: LoginPageServices): Middleware {
  const { issuer, builtInMethods, loginPath, origins, otherMethodsUrl, signUpUrl, emailCodesUrl } = context
  if (loginPath === null) return (_ctx, next) => next()
  const { sessions, signIn, registration, reauthentication } = services
  const { accounts } = context.stores
  const { show, redirect, middleware } = createPageResponses(context)
  const router = new Router({ prefix: loginPath })
  const basePath = issuer.path + loginPath
  const pageUrl = ({ returnTo }: SiteLogin, path = '') => loginPageUrl(basePath, path, returnTo)
  const withReturnUrl = (page: string | null, { returnTo }: SiteLogin) => page && loginPageUrl(page, '', returnTo)
  const loadLogin = ({ req, query }: Context): SiteLogin => ({
    returnTo: toReturnPath(query.redirect, configuredOrigin(req, origins)),
  })

  const ceremony = async (
    { req, res }: Context,
    login: SiteLogin,
    submitPath: '' | '/confirm',
  ): Promise<AuthenticationCeremony> => ({
    ...(await signIn.request(req, res)),
    refreshFrom: pageUrl(login, '/ceremony'),
    submitTo: pageUrl(login, submitPath),
  })

  const signInView = async (ctx: Context, login: SiteLogin): Promise<SignInView> => {
    const mailUrl = builtInMethods.mail ? pageUrl(login, '/mail') : await emailCodesUrl()
    return {
      view: 'sign-in',
      client: null,
      ceremony: await ceremony(ctx, login, ''),
      reason: 'first',
      otherMethodsUrl: builtInMethods.code ? pageUrl(login, '/code') : withReturnUrl(otherMethodsUrl, login),
      signUpUrl: builtInMethods.signUp ? pageUrl(login, '/sign-up') : withReturnUrl(await signUpUrl(), login),
      emailCode: mailUrl === null ? null : { submitTo: mailUrl, redirect: login.returnTo },
      cancelTo: null,
    }
  }

  const canAddPasskey = ({ req, res }: Context) =>
    reauthentication.assertCanAddPasskey(req, res).then(
      () => true,
      (error: unknown) => {
        if (error instanceof PocketError && error.status < 500) return false
        throw error
      },
    )

  router.use((ctx, next) => {
    assertBodyUnread(ctx.req)
    return next()
  }, middleware)

  router.get('/', async (ctx) => {
    const login = loadLogin(ctx)
    const session = await sessions.read(ctx.req, ctx.res)
    if (session && !isWithoutPasskey(session)) return redirect(ctx, login.returnTo)
    if (session && (await canAddPasskey(ctx))) return redirect(ctx, pageUrl(login, '/passkey'))
    return show(ctx, await signInView(ctx, login))
  })

  router.get('/ceremony', async (ctx) => {
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await ceremony(ctx, loadLogin(ctx), '')
  })

  router.post('/', async (ctx) => {
    const { response } = await readJsonObject(ctx.req)
    await signIn.withPasskey(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: loadLogin(ctx).returnTo }
  })

  router.post('/confirm', async (ctx) => {
    const { response } = await readJsonObject(ctx.req)
    await reauthentication.withPasskey(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: pageUrl(loadLogin(ctx), '/passkey') }
  })

  router.get('/passkey', async (ctx) => {
    const login = loadLogin(ctx)
    const session = await sessions.read(ctx.req, ctx.res)
    if (!session) return redirect(ctx, pageUrl(login))
    const { userName, displayName } = await eligibleAccount(accounts, session.accountId)
    if (await canAddPasskey(ctx))
      return show(ctx, {
        view: 'add-passkey',
        account: { userName, displayName },
        ceremony: { optionsFrom: pageUrl(login, '/passkey/options'), submitTo: pageUrl(login, '/passkey/answer') },
        continueTo: login.returnTo,
      })
    const view = await signInView(ctx, login)
    return show(ctx, { ...view, reason: 'again', signUpUrl: null, ceremony: await ceremony(ctx, login, '/confirm') })
  })

  router.post('/passkey/options', async (ctx) => {
    const { req, res } = ctx
    await reauthentication.assertCanAddPasskey(req, res)
    const { accountId = '' } = (await sessions.read(req, res)) ?? {}
    const { userName, displayName } = await eligibleAccount(accounts, accountId)
    const subject = { accountId, userName, displayName }
    ctx.body = { options: await registration.options(req, res, { subject, purpose: 'registration' }) }
  })

  router.post('/passkey/answer', async (ctx) => {
    const { req, res } = ctx
    const { response } = await readJsonObject(req)
    const { accountId = '' } = (await sessions.read(req, res)) ?? {}
    await registration.add(req, res, { response, purpose: 'registration', accountId })
    ctx.body = { redirectTo: loadLogin(ctx).returnTo }
  })

  addBuiltInMethods(router, context, services, {
    show,
    redirect,
    load: async (ctx: Context) => loadLogin(ctx),
    pages: {
      at: pageUrl,
      afterCode: (login) => pageUrl(login, '/passkey'),
      canUseOtherMethods: () => true,
      loginCode: async (login, state) => ({
        view: 'login-code',
        client: null,
        submitTo: pageUrl(login, '/code'),
        ...state,
        emailCode: builtInMethods.mail ? { submitTo: pageUrl(login, '/mail') } : null,
        backTo: pageUrl(login),
      }),
      signUp: async (login, waiting) => ({
        view: 'sign-up',
        client: null,
        ceremony: { optionsFrom: pageUrl(login, '/sign-up/options'), submitTo: pageUrl(login, '/sign-up/answer') },
        waiting,
        backTo: pageUrl(login),
      }),
      afterSignUp: ({ returnTo }) => returnTo,
    },
  })

  const routes = router.routes()
  return (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next)
}

/**
 * The return URL of a sign-in, as a path of this origin; `/` for any other value, so that a link cannot send a user who just
 * signed in to another site.
 */
function toReturnPath(value: unknown, origin: string): string {
  const url = typeof value === 'string' ? URL.parse(value, origin) : null
  // A path that begins with two slashes would name another host.
  if (url?.origin !== origin || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}
