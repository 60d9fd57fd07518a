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
import type { StartOf } from '../oidc/restart.ts'
import { languagesOf } from '../views/languages.ts'
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
  readonly ways: Pick<BuiltInMethodsPorts, 'builtInMethods' | 'signIn' | 'signUp' | 'mailedCodes'>
  readonly render: RenderView
  readonly audit: AuditSink
  readonly clock: Clock
  /** Receives internal errors and errors of host functions. */
  readonly onError: (error: unknown, requestId: string) => void
  /** The origin that the request was sent to. */
  readonly originOf: (req: IncomingMessage) => string
  /** The launch URL of a client. */
  readonly startOf: StartOf
  /** Ends the session with this `uid` in this browser. */
  readonly signOut: (exchange: Exchange, uid: string) => Promise<void>
}

/** The pages at `/interaction/:uid`, to which oidc-provider redirects users who must interact. */
export function interactionRoutes({
  provider,
  login,
  consent,
  pages,
  ways,
  render,
  audit,
  clock,
  onError,
  originOf,
  startOf,
  signOut,
}: InteractionPorts): Middleware {
  const router = new Router({ prefix: '/interaction/:uid' })
  const languages = new WeakMap<IncomingMessage, readonly string[]>()
  const found = async ({ req, res, params }: Context) => {
    const interaction = await findInteraction(provider(), { req, res, now: clock.now(), startOf }, String(params.uid))
    languages.set(req, languagesOf(interaction.params.ui_locales))
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
      await refuse(ctx, error)
    }
  })

  const refuse = async (ctx: Context, error: PocketError) => {
    const origin = requestContext(ctx.req)
    const { requestId } = origin
    const { status, code, message, details, fields } = error
    const event = { event: 'request_refused', endpoint: 'interaction', code, reason: message } as const
    const { searchParams: asked } = new URL(details.startAgain ?? '', originOf(ctx.req))
    if (asked.has('ui_locales')) languages.set(ctx.req, languagesOf(asked.get('ui_locales')))
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
    const interaction = await found(ctx)
    const { name } = interaction.prompt
    if (name === 'consent') return show(ctx, await pages.consent(ctx, interaction))
    if (name === hostPagePrompt)
      return redirect(ctx, ctx.query.back === undefined ? pages.hostPage(interaction) : await login.goOn(interaction))
    if (name === 'not_allowed') return show(ctx, await pages.notAllowed(interaction))
    const goOn =
      (await login.unmetRequirements(interaction)) ??
      (await login.answerFromSession(ctx, interaction)) ??
      (name === 'create' ? await pages.signUpFor(interaction) : null)
    if (goOn) return redirect(ctx, goOn)
    const chooser = ctx.query.another === undefined ? await pages.selectAccount(ctx, interaction) : null
    return show(ctx, chooser ?? (await pages.signIn(ctx, interaction)))
  })

  router.get('/ceremony', async (ctx) => {
    const interaction = await found(ctx)
    login.assertAsksForLogin(interaction)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await pages.ceremony(ctx, interaction)
  })

  router.post('/login', async (ctx) => {
    const interaction = await found(ctx)
    login.assertAsksForLogin(interaction)
    const { response } = await readJsonObject(ctx.req)
    ctx.body = { redirectTo: await login.submit(ctx, interaction, response) }
  })

  router.post('/account', async (ctx) => {
    const interaction = await found(ctx)
    redirect(ctx, await login.choose(ctx, interaction, (await readForm(ctx.req, 4096)).get('account') ?? ''))
  })

  router.post('/sign-out', async (ctx) => {
    const interaction = await found(ctx)
    await signOut(ctx, (await readForm(ctx.req, 4096)).get('account') ?? '')
    redirect(ctx, pages.at(interaction))
  })

  router.post('/switch', async (ctx) => {
    const interaction = await found(ctx)
    await login.askForAccount(interaction)
    redirect(ctx, pages.at(interaction))
  })

  router.post('/consent', async (ctx) => redirect(ctx, await consent.allow(ctx, await found(ctx))))

  router.post('/cancel', async (ctx) => {
    const interaction = await found(ctx)
    redirect(
      ctx,
      await (interaction.prompt.name === 'consent' ? consent.refuse(ctx, interaction) : login.cancel(interaction)),
    )
  })

  addBuiltInMethods(router, { ...ways, pages, found, show, redirect })

  const routes = router.routes()
  return (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next)
}

function redirect(ctx: Context, to: string): void {
  ctx.status = 303
  ctx.redirect(to)
}
