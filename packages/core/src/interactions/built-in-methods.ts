import type Router from '@koa/router'
import type { Context } from 'koa'
import type { CoreContext } from '../context.ts'
import { InvalidInputError, NotFoundError } from '../errors.ts'
import { readForm, readJsonObject } from '../http/body.ts'
import type { View } from '../views/views.ts'
import type { Interaction } from './interaction.ts'
import type { InteractionPages } from './pages.ts'
import type { InteractionServices } from './services.ts'
import type { SignUpInput } from './sign-up.ts'

interface InteractionResponses {
  readonly pages: InteractionPages
  readonly findInteraction: (ctx: Context) => Promise<Interaction>
  readonly show: (ctx: Context, view: View) => Promise<void>
  readonly redirect: (ctx: Context, to: string) => void
}

/** Adds the interaction pages for sign-in without a passkey: login code and sign-up. */
export function addBuiltInMethods(
  router: Router,
  { builtInMethods }: CoreContext,
  { signIn, signUp, mailedCodes }: InteractionServices,
  { pages, findInteraction, show, redirect }: InteractionResponses,
): void {
  /** The current interaction, if it permits this method and the method is enabled. */
  const loadInteraction = async (ctx: Context, isEnabled: boolean) => {
    const interaction = await findInteraction(ctx)
    if (!isEnabled || !pages.canUseOtherMethods(interaction))
      throw new NotFoundError('not_found', 'This interaction has no such page.')
    return interaction
  }
  const hasCodePage = builtInMethods.code || builtInMethods.mail

  router.get('/code', async (ctx) => {
    const mailed = ctx.query.mailed !== undefined
    return show(ctx, await pages.loginCode(await loadInteraction(ctx, hasCodePage), { mailed, problem: null }))
  })

  router.post('/code', async (ctx) => {
    const interaction = await loadInteraction(ctx, hasCodePage)
    const code = (await readForm(ctx.req, 4096)).get('code') ?? ''
    try {
      await signIn.withCode(ctx.req, ctx.res, code)
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      ctx.status = error.status
      return show(ctx, await pages.loginCode(interaction, { mailed: false, problem: error.code }))
    }
    redirect(ctx, pages.at(interaction))
  })

  router.post('/mail', async (ctx) => {
    const interaction = await loadInteraction(ctx, builtInMethods.mail)
    const email = ((await readForm(ctx.req, 4096)).get('email') ?? '').trim()
    if (email !== '') await mailedCodes.send(ctx.req, ctx.res, email)
    redirect(ctx, pages.at(interaction, `/code${email === '' ? '' : '?mailed=yes'}`))
  })

  router.get('/sign-up', async (ctx) =>
    show(ctx, await pages.signUp(await loadInteraction(ctx, builtInMethods.signUp), ctx.query.waiting !== undefined)),
  )

  router.post('/sign-up/options', async (ctx) => {
    await loadInteraction(ctx, builtInMethods.signUp)
    const { userName, displayName, email } = await readJsonObject(ctx.req)
    // The cast is safe: `begin` rejects values that are not strings.
    const options = await signUp.begin(ctx.req, ctx.res, { userName, displayName, email } as SignUpInput)
    ctx.body = { options }
  })

  router.post('/sign-up/answer', async (ctx) => {
    const interaction = await loadInteraction(ctx, builtInMethods.signUp)
    const { response } = await readJsonObject(ctx.req)
    const { disabled } = await signUp.finish(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: disabled ? pages.at(interaction, '/sign-up?waiting=yes') : pages.at(interaction) }
  })
}
