import { requestContext } from '@pocket/core'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { formText, jsonObject } from '../http/form.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { accountPaths, recoverPath } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import type { Recovery } from './recovery.ts'

export interface RecoveryPageDeps extends PageDeps {
  readonly recovery: Recovery
}

const codesPath = accountPaths.recoveryCodes

/** `/recover`, and the user's recovery codes. */
export function recoveryPages(deps: RecoveryPageDeps): readonly PageRoute[] {
  const { pocket, recovery, authentication, show, flashes, clock } = deps
  // The lost passkey is removed there.
  const redirectTarget = (ctx: Context) => sameSitePath(ctx.query.redirect, accountPaths.security)

  const showRecover = async (ctx: Context) => {
    const account = await pocket.recovery.current(ctx.req, ctx.res)
    if (!account) return seeOther(ctx, '/lc')
    const next = redirectTarget(ctx)
    const query = next === accountPaths.security ? '' : `?${new URLSearchParams({ redirect: next })}`
    await show(ctx, { view: 'recover', name: account.displayName || account.userName, submitTo: recoverPath + query })
  }
  const options = async (ctx: Context) => {
    ctx.body = { options: await pocket.recovery.options(ctx.req, ctx.res) }
  }
  const finish = async (ctx: Context) => {
    const { response } = jsonObject(ctx)
    await pocket.recovery.finish(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: redirectTarget(ctx) }
  }

  const createCodes = async (ctx: Context) => {
    const codes = await recovery.createCodes(await authentication.requireUser(ctx), requestContext(ctx.req))
    flashes.set(ctx, codesPath, { codes, createdAt: clock.now() })
    seeOther(ctx, codesPath)
  }
  const showCodes = async (ctx: Context) => {
    const { userName } = await authentication.requireUser(ctx)
    const { codes, createdAt } = flashes.consume(ctx, codesPath)
    if (!Array.isArray(codes) || typeof createdAt !== 'number') return seeOther(ctx, accountPaths.security)
    ctx.set('Cache-Control', 'no-store')
    await show(ctx, { view: 'recovery-codes', userName, codes, createdAt, backTo: accountPaths.security })
  }
  const removeCodes = async (ctx: Context) => {
    await recovery.removeCodes(await authentication.requireUser(ctx), requestContext(ctx.req))
    flashes.set(ctx, accountPaths.security, { done: 'recovery_codes_removed', name: '' })
    seeOther(ctx, accountPaths.security)
  }
  const confirmNotice = async (ctx: Context) => {
    recovery.confirmNotice(ctx, formText(ctx, 'usedAt', 20))
    seeOther(ctx, accountPaths.security)
  }

  return [
    { method: 'get', path: recoverPath, handle: showRecover },
    { method: 'post', path: `${recoverPath}/options`, handle: options },
    { method: 'post', path: recoverPath, handle: finish },
    { method: 'get', path: codesPath, handle: showCodes },
    { method: 'post', path: codesPath, handle: createCodes },
    { method: 'post', path: `${codesPath}/remove`, handle: removeCodes },
    { method: 'post', path: `${accountPaths.profile}/recovery/seen`, handle: confirmNotice },
  ]
}
