import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { CoreContext } from '../context.ts'
import { NotFoundError } from '../errors.ts'
import { readForm, readJsonObject } from '../http/body.ts'
import { requestContext } from '../http/request-context.ts'
import { hostPagePrompt } from '../oidc/access-checks.ts'
import { type GetStartUrl, startUrlOfFinished } from '../oidc/restart.ts'
import { addBuiltInMethods } from './built-in-methods.ts'
import { createConsent } from './consent.ts'
import { findInteraction } from './interaction.ts'
import { createLogin } from './login.ts'
import { createPageResponses } from './page-responses.ts'
import { createInteractionPages } from './pages.ts'
import type { InteractionServices } from './services.ts'

/** The pages at `/interaction/:uid`, to which oidc-provider redirects users who must interact. */
export function interactionRoutes(
  context: CoreContext,
  services: InteractionServices,
  getStartUrl: GetStartUrl,
): Middleware {
  const { audit, clock } = context
  const { provider, sessions } = services
  const login = createLogin(context, services)
  const consent = createConsent(context, services)
  const pages = createInteractionPages(context, services, consent)
  const { show, redirect, setLanguages, middleware } = createPageResponses(context)
  const router = new Router({ prefix: '/interaction/:uid' })
  const loadInteraction = async ({ req, res, params }: Context) => {
    const interaction = await findInteraction(provider(), { req, res, now: clock.now() }, String(params.uid))
    setLanguages(req, interaction.params.ui_locales)
    return interaction
  }

  router.use(middleware)

  // A concurrent request can finish the interaction at any step.
  router.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const isEnded = error instanceof NotFoundError && error.code === 'interaction_expired'
      if (!isEnded || error.details.startAgain !== undefined) throw error
      const startAgain = await startUrlOfFinished(provider(), String(ctx.params.uid), getStartUrl)
      throw startAgain ? new NotFoundError(error.code, error.message, { details: { startAgain } }) : error
    }
  })

  router.get('/', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    const { name } = interaction.prompt
    if (name === 'consent') return show(ctx, await pages.consent(ctx, interaction))
    const isReturning = ctx.query.back !== undefined && (name === hostPagePrompt || name === 'not_allowed')
    if (isReturning) return redirect(ctx, await login.resume(interaction))
    if (name === hostPagePrompt) return redirect(ctx, pages.hostPage(interaction))
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
    login.assertRequiresLogin(interaction)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await pages.ceremony(ctx, interaction)
  })

  router.post('/login', async (ctx) => {
    const interaction = await loadInteraction(ctx)
    login.assertRequiresLogin(interaction)
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

  addBuiltInMethods(router, context, services, { pages, load: loadInteraction, show, redirect })

  const routes = router.routes()
  return (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next)
}
