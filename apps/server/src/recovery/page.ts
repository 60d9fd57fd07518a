import { requestContext } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { assertCondition } from '../access/guard.ts'
import type { Mail } from '../email/email-service.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText, jsonObject } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accountPaths, recoverPath } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { emailAddress } from '../settings/checks.ts'
import type { RecoverByEmailPage } from './page-model.ts'
import type { Recovery } from './recovery.ts'
import type { RecoveryRequests } from './recovery-requests.ts'

export interface RecoveryPageDeps extends PageDeps {
  readonly recovery: Recovery
  readonly recoveryRequests: RecoveryRequests
  readonly mail: Pick<Mail, 'delivery'>
}

const maxAddressLength = 1000
const maxTokenLength = 100
const codesPath = accountPaths.recoveryCodes

export function recoveryPages(deps: RecoveryPageDeps): readonly PageRoute[] {
  const { pocket, recovery, recoveryRequests, mail, show, flashes, clock } = deps
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
    await assertCondition(ctx, 'recovery')
    ctx.body = { options: await pocket.recovery.options(ctx.req, ctx.res) }
  }
  const finish = async (ctx: Context) => {
    const { response } = jsonObject(ctx)
    await pocket.recovery.finish(ctx.req, ctx.res, response)
    ctx.body = { redirectTo: redirectTarget(ctx) }
  }

  const createCodes = async (ctx: Context, user: User) => {
    const codes = await recovery.createCodes(user, requestContext(ctx.req))
    flashes.set(ctx, codesPath, { codes, createdAt: clock.now() })
    seeOther(ctx, codesPath)
  }
  const createBreakGlassCode = async (ctx: Context, user: User) => {
    const code = await recovery.createBreakGlassCode(user, { origin: requestContext(ctx.req) })
    const backTo = redirectTarget(ctx)
    flashes.set(ctx, codesPath, { codes: [code], isBreakGlass: true, createdAt: clock.now(), backTo })
    seeOther(ctx, codesPath)
  }
  const offerBreakGlassCode = async (ctx: Context) => {
    const backTo = redirectTarget(ctx)
    const submitTo = `${accountPaths.breakGlassCode}?${new URLSearchParams({ redirect: backTo })}`
    await show(ctx, { view: 'break-glass-code', submitTo, backTo })
  }
  const showCodes = async (ctx: Context, { userName }: User) => {
    const { codes, isBreakGlass = false, createdAt, backTo } = flashes.consume(ctx, codesPath)
    if (!Array.isArray(codes) || typeof createdAt !== 'number') return seeOther(ctx, accountPaths.security)
    ctx.set('Cache-Control', 'no-store')
    await show(ctx, {
      view: 'recovery-codes',
      isBreakGlass: isBreakGlass === true,
      userName,
      codes,
      createdAt,
      backTo: sameSitePath(backTo, accountPaths.security),
    })
  }
  const removeCodes = async (ctx: Context, user: User) => {
    await recovery.removeCodes(user, requestContext(ctx.req))
    flashes.set(ctx, accountPaths.security, { done: 'recovery_codes_removed', name: '' })
    seeOther(ctx, accountPaths.security)
  }
  const confirmNotice = async (ctx: Context) => {
    recovery.confirmNotice(ctx, formText(ctx, 'usedAt', 20))
    seeOther(ctx, accountPaths.security)
  }

  const showByEmail = async (ctx: Context, overrides: Partial<RecoverByEmailPage> = {}) => {
    const days = await recoveryRequests.delayDays()
    if (days === null) return seeOther(ctx, '/lc')
    await show(ctx, { view: 'recover-by-email', email: '', problem: null, sent: false, days, ...overrides })
  }
  const requestByEmail = async (ctx: Context) => {
    const email = formText(ctx, 'email', maxAddressLength).trim()
    const problem = email === '' ? 'required' : (emailAddress(email)?.code ?? null)
    if (problem === null) {
      await recoveryRequests.request(email, requestContext(ctx.req).ipAddress)
      // The account is looked up after the response.
      ctx.res.once('close', () => mail.delivery.trigger())
    }
    await showByEmail(ctx, { email, problem, sent: problem === null })
    if (problem !== null) ctx.status = 400
  }
  const showStop = async (ctx: Context) => {
    const token = String(ctx.query.token ?? '').slice(0, maxTokenLength)
    const userName = await recoveryRequests.findUserName(token)
    await show(ctx, { view: 'stop-recovery', state: userName ? 'ask' : 'ended', userName: userName ?? '', token })
  }
  const stop = async (ctx: Context) => {
    const state = await recoveryRequests.stopByToken(formText(ctx, 'token', maxTokenLength), requestContext(ctx.req))
    await show(ctx, { view: 'stop-recovery', state, userName: '', token: '' })
  }
  const stopOwn = async (ctx: Context, user: User) => {
    await recoveryRequests.stopByUser(pageActor(user, ctx), user.id)
    seeOther(ctx, accountPaths.security)
  }

  return [
    route.get(`${recoverPath}/email`, (ctx) => showByEmail(ctx)),
    route.post(`${recoverPath}/email`, requestByEmail, { limit: 'one-time-access-email' }),
    route.get(`${recoverPath}/stop`, showStop, { limit: 'verify-email' }),
    route.post(`${recoverPath}/stop`, stop, { limit: 'verify-email' }),
    route.post(`${accountPaths.profile}/recovery/stop`, stopOwn),
    route.get(recoverPath, showRecover),
    route.post(`${recoverPath}/options`, options),
    route.post(recoverPath, finish),
    route.get(codesPath, showCodes),
    route.post(codesPath, createCodes),
    route.get(accountPaths.breakGlassCode, offerBreakGlassCode),
    route.post(accountPaths.breakGlassCode, createBreakGlassCode),
    route.post(`${codesPath}/remove`, removeCodes),
    route.post(`${accountPaths.profile}/recovery/seen`, confirmNotice),
  ]
}
