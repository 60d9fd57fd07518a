import { PocketError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { emailChanged } from '../access/access-checks.ts'
import { pageActor } from '../access/actor.ts'
import { formText } from '../http/form.ts'
import { differences, refusalOf, versionSent } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { accountPaths } from '../http/paths.ts'
import { cookieNames } from '../http/preferences.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { maxImageBytes } from '../images/application-images.ts'
import { readUpload } from '../images/upload.ts'
import { savePreference } from '../preferences/keep.ts'
import { userValidator } from '../users/validators.ts'
import { type AccountPage, type ProfileValues, profileNotices } from './page-model.ts'
import { hasOutdatedPasskey } from './passkey-item.ts'
import { profileBody, profileValues, storedProfile } from './profile-form.ts'
import type { ProfilePorts } from './profile-ports.ts'
import { signalsOf } from './signals.ts'

const here = accountPaths.profile

/** `/settings/account`: the user's own profile. */
export function profilePages(ports: ProfilePorts): readonly PageRoute[] {
  const { pocket, authentication, show, flashes, users, profilePictures, pictures, secondPasskey, verification } = ports
  const { passkeyPolicy, languages, settings, reauthentication } = ports
  const secure = pocket.issuer.startsWith('https:')
  type More = Partial<Pick<AccountPage, 'values' | 'problems' | 'problem' | 'conflict'>>

  const showProfile = async (ctx: Context, { id }: User, more: More = {}) => {
    const user = await users.find(id)
    const passkeys = await pocket.passkeys.list(id)
    const { editOwnAccount, requireEmail } = await settings()
    await show(ctx, {
      view: 'account',
      viewer: viewerOf(user),
      passkeyCount: passkeys.length,
      secondAskedFor: await secondPasskey.isAskedFor(id, passkeys),
      outdated: hasOutdatedPasskey(passkeys, await passkeyPolicy()),
      signals: signalsOf(pocket.issuer, user, passkeys),
      isEditable: editOwnAccount && !(await users.isOwnedByLdap(user)),
      emailRequired: requireEmail,
      emailVerified: user.emailVerified,
      verifiable: user.email !== null && !user.emailVerified && (await verification.enabled()),
      values: storedProfile(user),
      version: userValidator(user),
      picture: (await pictures([id])).get(id) ?? null,
      locale: user.locale,
      problems: [],
      problem: null,
      conflict: null,
      ...more,
      notice: noticeOf(flashes.take(ctx, here)),
    })
  }
  const done = (ctx: Context, notice: (typeof profileNotices)[number], name = '') => {
    flashes.leave(ctx, here, { done: notice, name })
    seeOther(ctx, here)
  }

  const save = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const values = profileValues(ctx)
    const act = (again: Context) => saveValues(again, user, values)
    await (emailChanged(user, values.email) ? reauthentication.when('own-email', act) : act)(ctx)
  }

  const saveValues = async (ctx: Context, user: User, values: ProfileValues) => {
    const actor = { ...pageActor(user, ctx), ...versionSent(ctx) }
    const refusal = await refusalOf(() => users.updateOwn(actor, profileBody(values, user)))
    if (!refusal) return done(ctx, 'saved')
    const { problems, problem, isConflict, status } = refusal
    const conflict = isConflict ? differences(storedProfile(await users.find(user.id)), values) : null
    await showProfile(ctx, user, { values, problems, problem, conflict })
    ctx.status = status
  }

  const setLanguage = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const chosen = formText(ctx, 'language', 35)
    const tag = languages.find((language) => language.tag === chosen)?.tag ?? null
    await users.setOwnLocale(pageActor(user, ctx), tag)
    savePreference(ctx, { name: cookieNames.language, value: tag, secure })
    done(ctx, 'language_saved')
  }

  const putPicture = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    try {
      await profilePictures.put(pageActor(user, ctx), user.id, await readUpload(ctx, maxImageBytes))
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      await showProfile(ctx, user, { problem: error.code })
      ctx.status = error.status
      return
    }
    done(ctx, 'picture_saved')
  }

  const removePicture = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    await profilePictures.remove(pageActor(user, ctx), user.id)
    done(ctx, 'picture_removed')
  }

  const verifyEmail = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    await verification.begin(user)
    done(ctx, 'verification_sent', user.email ?? '')
  }

  return [
    { method: 'get', path: here, handle: async (ctx) => showProfile(ctx, await authentication.requireUser(ctx)) },
    { method: 'post', path: here, handle: save },
    { method: 'post', path: `${here}/language`, handle: setLanguage },
    { method: 'post', path: `${here}/picture`, handle: putPicture },
    { method: 'post', path: `${here}/picture/remove`, handle: removePicture },
    { method: 'post', path: `${here}/verify-email`, limit: 'send-email-verification', handle: verifyEmail },
  ]
}

function noticeOf({ done, name }: Readonly<Record<string, unknown>>): AccountPage['notice'] {
  const known = profileNotices.find((notice) => notice === done)
  return known && typeof name === 'string' ? { done: known, name } : null
}
