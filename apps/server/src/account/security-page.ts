import { type AuthenticatorHint, requestContext } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { noticeOf } from '../http/flash.ts'
import { formText, jsonObject } from '../http/form.ts'
import { pageOfItems } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accountPaths } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { passkeyRemovedPath, removalNotes } from '../webauthn/passkey-removed-page.ts'
import type { AccountDeps } from './deps.ts'
import { type AccountSecurityPage, securityNotices } from './page-model.ts'
import { hasOutdatedPasskey, passkeyItem } from './passkey-item.ts'
import { hasOnlyOneDevice } from './second-passkey.ts'
import { signalsOf } from './signals.ts'

const securityPath = accountPaths.security
const passkeysPath = `${accountPaths.profile}/passkeys` as const

/** By the values of `on`, with which a button suggests where the passkey is created. */
const hints: ReadonlyMap<string, AuthenticatorHint> = new Map([
  ['phone', 'hybrid'],
  ['key', 'security-key'],
  ['device', 'client-device'],
])

export function securityPages(deps: AccountDeps): readonly PageRoute[] {
  const { pocket, show, flashes, secure, passkeyPolicy, secondPasskey } = deps
  const { ownPasskeys, passkeyRemovals, recovery, sessions } = deps
  const showSecurity = async (ctx: Context, user: User, renameProblem: AccountSecurityPage['renameProblem'] = null) => {
    const passkeys = await pocket.passkeys.list(user.id)
    const policy = await passkeyPolicy()
    const session = await pocket.session(ctx.req, ctx.res)
    await show(ctx, {
      view: 'account-security',
      viewer: viewerOf(user),
      suggestsSecondPasskey: await secondPasskey.isReminderDue(user.id, passkeys),
      outdated: hasOutdatedPasskey(passkeys, policy),
      passkeys: passkeys.map((passkey) => passkeyItem(passkey, policy)),
      removals: removalNotes(await passkeyRemovals.list(pageActor(user, ctx), user.id)),
      recoveryNotice: await recovery.noticeFor(ctx, user),
      recoveryCodes: await recovery.findSummary(user),
      hasBreakGlassCode: user.administrator ? await recovery.hasBreakGlassCode(user) : null,
      keepsLastPasskey: passkeys.length === 1 && !(await ownPasskeys.hasOtherSignInMethod(user)),
      sessions: pageOfItems(ctx, securityPath, await sessions.list(user.id, session?.uid ?? null), secure),
      signals: signalsOf(pocket.issuer, user, passkeys),
      notice: noticeOf(securityNotices, flashes.consume(ctx, securityPath)),
      renameProblem,
    })
  }
  const setNotice = (ctx: Context, done: (typeof securityNotices)[number], name: string) =>
    flashes.set(ctx, securityPath, { done, name })

  const passkeyOptions = async (ctx: Context, user: User) => {
    const subject = { accountId: user.id, userName: user.userName, displayName: user.displayName }
    const hint = typeof ctx.query.on === 'string' ? hints.get(ctx.query.on) : undefined
    const options = await pocket.registration.options(ctx.req, ctx.res, { subject, purpose: 'registration', hint })
    ctx.body = { options }
  }

  const addPasskey = async (ctx: Context, user: User) => {
    const { response } = jsonObject(ctx)
    const registration = { response, purpose: 'registration', accountId: user.id } as const
    const { name } = await pocket.registration.add(ctx.req, ctx.res, registration)
    setNotice(ctx, 'passkey_added', name)
    ctx.body = { redirectTo: securityPath }
  }

  const renamePasskey = async (ctx: Context, user: User) => {
    const name = formText(ctx, 'name')
    const passkeyId = String(ctx.params.id)
    let change: Awaited<ReturnType<typeof pocket.passkeys.rename>>
    try {
      change = await pocket.passkeys.rename(user.id, passkeyId, name, { origin: requestContext(ctx.req) })
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      await showSecurity(ctx, user, { passkeyId, name, code: error.fields[0]?.code ?? 'invalid' })
      ctx.status = error.status
      return
    }
    setNotice(ctx, 'passkey_renamed', change.after.name)
    seeOther(ctx, securityPath)
  }

  const removePasskey = async (ctx: Context, user: User) => {
    const removed = await ownPasskeys.remove(user, String(ctx.params.id), requestContext(ctx.req))
    setNotice(ctx, 'passkey_removed', removed.name)
    const removals = await passkeyRemovals.list(pageActor(user, ctx), user.id)
    const needsReview = removals.some(({ passkeyId }) => passkeyId === removed.id)
    seeOther(ctx, needsReview ? passkeyRemovedPath(removed.id) : securityPath)
  }

  const returnPath = (ctx: Context) => sameSitePath(ctx.query.redirect, securityPath)

  const showSecondPasskey = async (ctx: Context, user: User) => {
    const passkeys = await pocket.passkeys.list(user.id)
    const [passkey] = passkeys
    // The user may come back after adding one.
    if (!passkey || !hasOnlyOneDevice(passkeys)) return seeOther(ctx, returnPath(ctx))
    const { isSecurityKey } = passkeyItem(passkey, await passkeyPolicy())
    await show(ctx, {
      view: 'second-passkey',
      heldBy: isSecurityKey ? 'key' : 'device',
      redirect: returnPath(ctx),
    })
  }

  const postponeSecondPasskey = async (ctx: Context, user: User) => {
    await secondPasskey.postpone(user.id)
    seeOther(ctx, returnPath(ctx))
  }

  return [
    route.get(securityPath, showSecurity),
    route.get(accountPaths.secondPasskey, showSecondPasskey),
    route.post(`${accountPaths.secondPasskey}/later`, postponeSecondPasskey),
    route.post(`${passkeysPath}/options`, passkeyOptions),
    route.post(passkeysPath, addPasskey),
    route.post(`${passkeysPath}/:id/rename`, renamePasskey),
    route.post(`${passkeysPath}/:id/remove`, removePasskey),
  ]
}
