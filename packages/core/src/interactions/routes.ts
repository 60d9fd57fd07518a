import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import type { Context, Middleware, Next } from 'koa'
import { recordRefusal } from '../audit/refusals.ts'
import type { CoreContext } from '../context.ts'
import { PocketError, RateLimitedError, UnavailableError } from '../errors.ts'
import { readForm, readJsonObject } from '../http/body.ts'
import { configuredOrigin } from '../http/own-origin.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { isRepeatable, setRetryHeaders } from '../http/retry.ts'
import { assertSameOrigin } from '../http/same-origin.ts'
import { hostPagePrompt } from '../oidc/access-checks.ts'
import type { GetStartUrl } from '../oidc/restart.ts'
import { parseLanguages } from '../views/languages.ts'
import type { View } from '../views/views.ts'
import { addBuiltInMethods } from './built-in-methods.ts'
import { createConsent } from './consent.ts'
import { findInteraction } from './interaction.ts'
import { createLogin } from './login.ts'
import { createInteractionPages } from './pages.ts'
import type { InteractionServices } from './services.ts'

/** The pages at `/interaction/:uid`, to which oidc-provider redirects users who must interact. */
export function interactionRoutes(
  context: CoreContext,
  services: InteractionServices,
  getStartUrl: GetStartUrl,
): Middleware {
  const { render, audit, clock, onError } = context
  const { provider, sessions } = services
  const login = createLogin(services)
  const consent = createConsent(context, services)
  const pages = createInteractionPages(context, services, consent)
  const originOf = (req: IncomingMessage) => configuredOrigin(req, context.origins)
  const router = new Router({ prefix: '/interaction/:uid' })
  const languages = new WeakMap<IncomingMessage, readonly string[]>()
  const loadInteraction = async ({ req, res, params }: Context) => {
    const interaction = await findInteraction(
      provider(),
      { req, res, now: clock.now(), getStartUrl },
      String(params.uid),
    )
    languages.set(req, parseLanguages(interaction.params.ui_locales))
    return interaction
  }

  const show = async (ctx: Context, view: View) => {
    setPageHeaders(ctx.res, 'to-clients')
    ctx.type = 'html'
    ctx.body = await render({ ...view, languages: languages.get(ctx.req) ?? [] }, ctx.req)
  }

  router.use(async (ctx: Context, next: Next) => {
    try {
      assertSameOrigin(ctx.req, [originOf(ctx.req)])
      await next()
    } catch (error) {
      if (!(error instanceof PocketError)) throw error
      await respondWithError(ctx, error)
    }
  })

  const respondWithError = async (ctx: Context, error: PocketError) => {
    const origin = requestContext(ctx.req)
    const { requestId } = origin
    const { status, code, message, details, fields } = error
    const event = { event: 'request_refused', endpoint: 'interaction', code, reason: message } as const
    const { searchParams: query } = new URL(details.startAgain ?? '', originOf(ctx.req))
    if (query.has('ui_locales')) languages.set(ctx.req, parseLanguages(query.get('ui_locales')))
    await recordRefusal(audit, { error, event, origin })
    if (status >= 500) onError(error, requestId)
    ctx.status = status
    const retryAfter =
      error instanceof RateLimitedError || error instanceof UnavailableError ? error.retryAfter : undefined
    if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
    const isPage = ctx.accepts('html', 'json') === 'html'
    if (isPage && error instanceof UnavailableError) setRetryHeaders(ctx.req, ctx.res, error)
    if (isPage)
      return show(ctx, {
        view: 'error',
        status,
        code,
        description: message,
        details: {},
        fields,
        requestId,
        retryAt: details.startAgain ?? null,
        ...(retryAfter !== undefined && { retryAfter }),
        retriesItself: error instanceof UnavailableError && isRepeatable(ctx.req),
      })
    ctx.body = { error: message, code, details, request_id: requestId }
  }

  router.get('/', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    const { name } = interaction.prompt
    if (name === 'consent') return show(ctx, await pages.consent(ctx, interaction))
    if (name === hostPagePrompt)
      return redirect(ctx, ctx.query.back === undefined ? pages.hostPage(interaction) : await login.goOn(interaction))
    if (name === 'not_allowed') return show(ctx, await pages.notAllowed(interaction))
    const nextUrl =
      (await login.unmetRequirements(interaction)) ??
      (await login.completeFromSession(ctx, interaction)) ??
      (name === 'create' ? await pages.findSignUpPage(interaction) : null)
    if (nextUrl) return redirect(ctx, nextUrl)
    const chooser = ctx.query.another === undefined ? await pages.selectAccount(ctx, interaction) : null
    return show(ctx, chooser ?? (await pages.signIn(ctx, interaction)))
  })

  router.get('/ceremony', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    login.assertAsksForLogin(interaction)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await pages.ceremony(ctx, interaction)
  })

  router.post('/login', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    login.assertAsksForLogin(interaction)
    const { response } = await readJsonObject(ctx.req)
    ctx.body = { redirectTo: await login.submit(ctx, interaction, response) }
  })

  router.post('/account', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    redirect(ctx, await login.choose(ctx, interaction, (await readForm(ctx.req, 4096)).get('account') ?? ''))
  })

  router.post('/sign-out', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    const accountId = await sessions.endByUid(ctx.req, ctx.res, (await readForm(ctx.req, 4096)).get('account') ?? '')
    if (accountId) await audit.record({ event: 'signed_out', accountId }, requestContext(ctx.req))
    redirect(ctx, pages.at(interaction))
  })

  router.post('/switch', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    await login.askForAccount(interaction)
    redirect(ctx, pages.at(interaction))
  })

  router.post('/consent', async (ctx) => redirect(ctx, await consent.allow(ctx, await loadInteraction(ctx))))

  router.post('/cancel', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    redirect(
      ctx,
      await (interaction.prompt.name === 'consent' ? consent.refuse(ctx, interaction) : login.cancel(interaction)),
    )
  })

  addBuiltInMethods(router, context, services, { pages, findInteraction: loadInteraction, show, redirect })

  const routes = router.routes()
  return (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next)
}

function redirect(ctx: Context, to: string): void {
  ctx.status = 303
  ctx.redirect(to)
}
