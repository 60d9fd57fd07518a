import { type AuditSink, changesBetween, type Pocket, type ReadPasskeyPolicy, requestContext } from '@pocket/core'
import { InvalidInput } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { formText, jsonObject } from '../http/form.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { OwnPasskeys } from '../webauthn/own-passkeys.ts'
import type { AccountPage } from './page-model.ts'
import { passkeyItem } from './passkey-item.ts'
import type { SecondPasskey } from './second-passkey.ts'

export interface AccountPorts {
  readonly pocket: Pocket
  readonly authentication: Authentication
  readonly audit: AuditSink
  readonly show: ShowPage
  readonly flashes: Flashes
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly secondPasskey: SecondPasskey
  readonly ownPasskeys: OwnPasskeys
  readonly sessions: Pick<SessionAdministration, 'list'>
  readonly users: Pick<UserAdministration, 'mayRemoveOwn'>
  readonly verification: {
    /** Whether people are asked to verify their e-mail address. */
    readonly enabled: () => Promise<boolean>
    /** Sends a link that verifies it. @throws {Conflict} `user_email_not_set` */
    readonly begin: (user: User) => Promise<void>
  }
}

const here = '/settings/account'
const notices = [
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'verification_sent',
  'session_ended',
  'sessions_ended',
] as const

/** `/settings/account`: one's own passkeys and e-mail address. */
export function accountPages(ports: AccountPorts) {
  const { pocket, authentication, audit, show, flashes, passkeyPolicy, secondPasskey, ownPasskeys } = ports
  const { sessions, users, verification } = ports
  const showAccount = async (ctx: Context, user: User, renameProblem: AccountPage['renameProblem'] = null) => {
    const passkeys = await pocket.passkeys.list(user.id)
    const policy = await passkeyPolicy()
    const session = await pocket.session(ctx.req, ctx.res)
    await show(ctx, {
      view: 'account',
      viewer: viewerOf(user),
      email: user.email,
      emailVerified: user.emailVerified,
      verifiable: user.email !== null && !user.emailVerified && (await verification.enabled()),
      secondAskedFor: await secondPasskey.isAskedFor(user.id, passkeys),
      passkeys: passkeys.map((passkey) => passkeyItem(passkey, policy)),
      lastStays: passkeys.length === 1 && !(await ownPasskeys.hasAnotherWayIn(user)),
      sessions: await sessions.list(user.id, session?.uid ?? null),
      removable: await users.mayRemoveOwn(),
      signals: {
        rpId: new URL(pocket.issuer).hostname,
        userId: Buffer.from(user.id).toString('base64url'),
        credentialIds: passkeys.map(({ credentialId }) => credentialId),
        userName: user.userName,
        displayName: user.displayName,
      },
      notice: noticeOf(flashes.take(ctx, here)),
      renameProblem,
    })
  }
  const leave = (ctx: Context, done: (typeof notices)[number], name: string) => flashes.leave(ctx, here, { done, name })

  return {
    async show(ctx: Context) {
      await showAccount(ctx, await authentication.requireUser(ctx))
    },

    async passkeyOptions(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      await pocket.reauthentication.assertMayAddPasskey(ctx.req, ctx.res)
      const subject = { accountId: user.id, userName: user.userName, displayName: user.displayName }
      ctx.body = { options: await pocket.registration.options(ctx.req, ctx.res, { subject, purpose: 'registration' }) }
    },

    async addPasskey(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const { response } = jsonObject(ctx)
      const { name } = await pocket.registration.add(ctx.req, ctx.res, {
        response,
        purpose: 'registration',
        accountId: user.id,
      })
      leave(ctx, 'passkey_added', name)
      ctx.body = { redirectTo: here }
    },

    async renamePasskey(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const name = formText(ctx, 'name')
      const passkeyId = String(ctx.params.id)
      let renaming: Awaited<ReturnType<typeof pocket.passkeys.rename>>
      try {
        renaming = await pocket.passkeys.rename(user.id, passkeyId, name)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        await showAccount(ctx, user, { passkeyId, name, code: error.fields[0]?.code ?? 'invalid' })
        ctx.status = error.status
        return
      }
      const { before, after } = renaming
      const changes = changesBetween({ name: before.name }, { name: after.name })
      const renamed = { accountId: user.id, passkeyId, ...changes }
      await audit.record({ event: 'passkey_renamed', ...renamed }, requestContext(ctx.req))
      leave(ctx, 'passkey_renamed', after.name)
      seeOther(ctx, here)
    },

    async putOffSecondPasskey(ctx: Context) {
      await secondPasskey.putOff((await authentication.requireUser(ctx)).id)
      seeOther(ctx, here)
    },

    async verifyEmail(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      await verification.begin(user)
      leave(ctx, 'verification_sent', user.email ?? '')
      seeOther(ctx, here)
    },

    async removePasskey(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const passkeyId = String(ctx.params.id)
      const removed = await ownPasskeys.remove(user, passkeyId, requestContext(ctx.req))
      leave(ctx, 'passkey_removed', removed.name)
      seeOther(ctx, here)
    },
  }
}

function noticeOf({ done, name }: Readonly<Record<string, unknown>>): AccountPage['notice'] {
  const known = notices.find((notice) => notice === done)
  return known && typeof name === 'string' ? { done: known, name } : null
}
