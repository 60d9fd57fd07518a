import type Router from '@koa/router'
import type { Context } from 'koa'
import type { CoreContext } from '../context.ts'
import { InvalidInputError, NotFoundError } from '../errors.ts'
import { readForm, readJsonObject } from '../http/body.ts'
import type { LoginCodeView, SignUpView } from '../views/views.ts'
import type { PageResponses } from './page-responses.ts'
import type { InteractionServices } from './services.ts'
import type { SignUpInput } from './sign-up.ts'

/** The data of an interaction, or of a sign-in at the host's own site, for the pages of these methods. */
export interface MethodPages<Login> {
  at(login: Login, path?: string): string
  afterCode(login: Login): string
  afterSignUp(login: Login): string
  canUseOtherMethods(login: Login): boolean
  loginCode(login: Login, state: Pick<LoginCodeView, 'mailed' | 'problem'>): Promise<LoginCodeView>
  signUp(login: Login, waiting: boolean): Promise<SignUpView>
}

interface MethodResponses<Login> extends Pick<PageResponses, 'show' | 'redirect'> {
  readonly pages: MethodPages<Login>
  readonly load: (ctx: Context) => Promise<Login>
}

/** Adds the pages for sign-in without a passkey: login code and sign-up. */
export function addBuiltInMethods<Login>(
  router: Router,
  { builtInMethods }: CoreContext,
  { signIn, signUp, mailedCodes }: InteractionServices,
  { pages, load, show, redirect }: MethodResponses<Login>,
): void {
  /** The current sign-in, if it permits this method and the method is enabled. */
  const loadLogin = async (ctx: Context, isEnabled: boolean) => {
    const login = await load(ctx)
    if (!isEnabled || !pages.canUseOtherMethods(login))
      throw new NotFoundError('not_found', 'This sign-in has no such page.')
    return login
  }
  const hasCodePage = builtInMethods.code || builtInMethods.mail

  router.get('/code', async (ctx) => {
    const mailed = ctx.query.mailed !== undefined
    return show(ctx, await pages.loginCode(await loadLogin(ctx, hasCodePage), { mailed, problem: null }))
  })

  router.post('/code', async (ctx) => {
    const login = await loadLogin(ctx, hasCodePage)
    const code = (await readForm(ctx.req, 4096)).get('code') ?? ''
    try {
      await signIn.withCode(ctx.req, ctx.res, code)
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      ctx.status = error.status
      return show(ctx, await pages.loginCode(login, { mailed: false, problem: error.code }))
    }
    redirect(ctx, pages.afterCode(login))
  })

  router.post('/mail', async (ctx) => {
    const login = await loadLogin(ctx, builtInMethods.mail)
    const email = ((await readForm(ctx.req, 4096)).get('email') ?? '').trim()
    if (email !== '') await mailedCodes.send(ctx.req, ctx.res, email)
    redirect(ctx, pages.at(login, `/code${email === '' ? '' : '?mailed=yes'}`))
  })

  router.get('/sign-up', async (ctx) =>
    show(ctx, await pages.signUp(await loadLogin(ctx, builtInMethods.signUp), ctx.query.waiting !== undefined)),
  )

  router.post('/sign-up/options', async (ctx) => {
    await loadLogin(ctx, builtInMethods.signUp)
    const { userName, displayName, email } = await readJsonObject(ctx.req)
    // The cast is safe: `begin` rejects values that are not strings.
    const options = await signUp.begin(ctx.req, ctx.res, { userName, displayName, email } as SignUpInput)
    ctx.body = { options }
  })

  router.post('/sign-up/answer', async (ctx) => {
    const login = await loadLogin(ctx, builtInMethods.signUp)
    const { response } = await readJsonObject(ctx.req)
    const { disabled } = await signUp.finish(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: disabled ? pages.at(login, '/sign-up?waiting=yes') : pages.afterSignUp(login) }
  })
}
