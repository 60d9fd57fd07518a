import { PocketError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { emailChanged } from '../access/access-checks.ts'
import { pageActor } from '../access/actor.ts'
import { noticeOf } from '../http/flash.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accountPaths } from '../http/paths.ts'
import { cookieNames } from '../http/preferences.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { maxImageBytes } from '../images/application-images.ts'
import { readUpload } from '../images/upload.ts'
import { savePreference } from '../preferences/save-preference.ts'
import { userValidator } from '../users/user-dto.ts'
import { userSettingsOf } from '../users/user-settings.ts'
import type { AccountDeps } from './deps.ts'
import { type AccountPage, type ProfileValues, profileNotices } from './page-model.ts'
import { hasOutdatedPasskey } from './passkey-item.ts'
import { profileBody, profileValues, storedProfile, submittedLanguage } from './profile-form.ts'
import { signalsOf } from './signals.ts'

const profilePath = accountPaths.profile

export function profilePages(deps: AccountDeps): readonly PageRoute[] {
  const { pocket, reauthentication, show, flashes, secure, users, profilePictures, userPictures } = deps
  const { secondPasskey, passkeyPolicy, catalogs, recovery, settings, mail } = deps
  type Overrides = Partial<Pick<AccountPage, 'values' | 'locale' | 'problems' | 'problem' | 'conflict'>>

  const showProfile = async (ctx: Context, { id }: User, overrides: Overrides = {}) => {
    const user = await users.find(id)
    const passkeys = await pocket.passkeys.list(id)
    const { editOwnAccount, requireEmail } = userSettingsOf(await settings.lastKnown())
    await show(ctx, {
      view: 'account',
      viewer: viewerOf(user),
      passkeyCount: passkeys.length,
      recoveryNotice: await recovery.noticeFor(ctx, user),
      suggestsSecondPasskey: await secondPasskey.isReminderDue(id, passkeys),
      outdated: hasOutdatedPasskey(passkeys, await passkeyPolicy()),
      signals: signalsOf(pocket.issuer, user, passkeys),
      isEditable: editOwnAccount && !(await users.isManagedByLdap(user)),
      emailRequired: requireEmail,
      emailVerified: user.emailVerified,
      verifiable: user.email !== null && !user.emailVerified && (await settings.values()).emailVerificationEnabled,
      values: storedProfile(user),
      version: userValidator(user),
      picture: (await userPictures([id])).get(id) ?? null,
      locale: user.locale,
      problems: [],
      problem: null,
      conflict: null,
      ...overrides,
      notice: noticeOf(profileNotices, flashes.consume(ctx, profilePath)),
    })
  }
  const redirectWithNotice = (ctx: Context, notice: (typeof profileNotices)[number], name = '') => {
    flashes.set(ctx, profilePath, { done: notice, name })
    seeOther(ctx, profilePath)
  }

  const knownLanguage = (tag: string | undefined) =>
    catalogs.languages.find((language) => language.tag === tag)?.tag ?? null

  const save = async (ctx: Context, user: User) => {
    const values = profileValues(ctx)
    const submit = (authorizedCtx: Context) => saveValues(authorizedCtx, user, values)
    await (emailChanged(user, values.email) ? reauthentication.when('own-email', submit) : submit)(ctx)
  }

  const saveValues = async (ctx: Context, user: User, values: ProfileValues) => {
    const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
    const tag = submittedLanguage(ctx)
    const locale = tag === undefined ? user.locale : knownLanguage(tag)
    const refusal = await runFormAction(() => users.updateOwn(actor, profileBody(values, { ...user, locale })))
    if (!refusal) {
      if (locale !== user.locale) savePreference(ctx, { name: cookieNames.language, value: locale, secure })
      return redirectWithNotice(ctx, 'saved')
    }
    const { problems, problem, isConflict, status } = refusal
    const conflict = isConflict ? differences(storedProfile(await users.find(user.id)), values) : null
    await showProfile(ctx, user, { values, locale, problems, problem, conflict })
    ctx.status = status
  }

  const setLanguage = async (ctx: Context, user: User) => {
    const tag = knownLanguage(submittedLanguage(ctx))
    await users.setOwnLocale(pageActor(user, ctx), tag)
    savePreference(ctx, { name: cookieNames.language, value: tag, secure })
    redirectWithNotice(ctx, 'language_saved')
  }

  const putPicture = async (ctx: Context, user: User) => {
    try {
      await profilePictures.put(pageActor(user, ctx), user.id, await readUpload(ctx, maxImageBytes))
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      await showProfile(ctx, user, { problem: error.code })
      ctx.status = error.status
      return
    }
    redirectWithNotice(ctx, 'picture_saved')
  }

  const removePicture = async (ctx: Context, user: User) => {
    await profilePictures.remove(pageActor(user, ctx), user.id)
    redirectWithNotice(ctx, 'picture_removed')
  }

  const verifyEmail = async (ctx: Context, user: User) => {
    await mail.verification.begin(user)
    mail.delivery.trigger()
    redirectWithNotice(ctx, 'verification_sent', user.email ?? '')
  }

  return [
    route.get(profilePath, showProfile),
    route.post(profilePath, save),
    route.post(`${profilePath}/language`, setLanguage),
    route.post(`${profilePath}/picture`, putPicture),
    route.post(`${profilePath}/picture/remove`, removePicture),
    route.post(`${profilePath}/verify-email`, verifyEmail, { limit: 'send-email-verification' }),
  ]
}
