import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import type { Context, Middleware, Next } from 'koa'
import type Provider from 'oidc-provider'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type { Clock } from '../clock.ts'
import { PocketError, RateLimitedError, UnavailableError } from '../errors.ts'
import { readForm, readJsonObject } from '../http/body.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { isRepeatable, setRetryHeaders } from '../http/retry.ts'
import { assertSameOrigin } from '../http/same-origin.ts'
import { hostPagePrompt } from '../oidc/access-checks.ts'
import type { GetStartUrl } from '../oidc/restart.ts'
import { parseLanguages } from '../views/languages.ts'
import type { RenderView, View } from '../views/views.ts'
import { addBuiltInMethods, type BuiltInMethodsPorts } from './built-in-methods.ts'
import type { ConsentInteraction } from './consent.ts'
import { type Exchange, findInteraction } from './interaction.ts'
import type { Login } from './login.ts'
import type { InteractionPages } from './pages.ts'

export interface InteractionPorts {
  readonly provider: () => Provider
  readonly login: Login
  readonly consent: ConsentInteraction
  readonly pages: InteractionPages
  readonly methods: Pick<BuiltInMethodsPorts, 'builtInMethods' | 'signIn' | 'signUp' | 'mailedCodes'>
  readonly render: RenderView
  readonly audit: AuditSink
  readonly clock: Clock
  /** Receives internal errors and errors of host functions. */
  readonly onError: (error: unknown, requestId: string) => void
  /** The origin that the request was sent to. */
  readonly originOf: (req: IncomingMessage) => string
  /** The launch URL of a client. */
  readonly getStartUrl: GetStartUrl
  /** Ends the session with this `uid` in this browser. */
  readonly signOut: (exchange: Exchange, uid: string) => Promise<void>
}

/** The pages at `/interaction/:uid`, to which oidc-provider redirects users who must interact. */
export function interactionRoutes({
  provider,
  login,
  consent,
  pages,
  methods,
  render,
  audit,
  clock,
  onError,
  originOf,
  getStartUrl,
  signOut,
}: InteractionPorts): Middleware {
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
    await signOut(ctx, (await readForm(ctx.req, 4096)).get('account') ?? '')
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

  addBuiltInMethods(router, { ...methods, pages, loadInteraction, show, redirect })

  const routes = router.routes()
  return (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next)
}

function redirect(ctx: Context, to: string): void {
  ctx.status = 303
  ctx.redirect(to)
}
