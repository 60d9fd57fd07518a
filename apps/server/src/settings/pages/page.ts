import { ConfigurationError, ConflictError, NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertRecentForSettings } from '../../access/access-checks.ts'
import { pageActor } from '../../access/actor.ts'
import { noticeOf } from '../../http/flash.ts'
import { formText } from '../../http/form.ts'
import { runFormAction, submittedVersion } from '../../http/form-page.ts'
import { type PageRoute, route } from '../../http/page-routes.ts'
import { seeOther } from '../../http/show-page.ts'
import { fieldsOf, keysOf, type SectionName, type SettingKey, sections } from '../definitions.ts'
import type { SettingPageDeps } from './deps.ts'
import type { SettingsPage } from './page-model.ts'
import { changesOf, enteredSettings } from './section-form.ts'
import { pathOf, type SectionPage, settingsPath } from './section-page.ts'

const notices = [
  ...(['saved', 'picture_saved', 'picture_removed', 'token_removed'] as const),
  ...(['keys_rotated', 'keys_pending', 'keys_unchanged'] as const),
]

export function settingPages(deps: SettingPageDeps, page: SectionPage): readonly PageRoute[] {
  const { settings, testEmail, flashes } = deps

  const show = async (ctx: Context, user: User) => {
    const section = sectionOf(ctx)
    const flash = flashes.consume(ctx, pathOf(section))
    await page.show(ctx, user, section, {
      notice: noticeOf(notices, flash),
      test: testOf(flash.test),
      newToken: newTokenOf(flash.newToken),
      ...(typeof ctx.query.preset === 'string' && { preset: ctx.query.preset }),
    })
  }

  const save = async (ctx: Context, user: User) => {
    const section = sectionOf(ctx)
    const fields = fieldsOf(section).filter(page.isFree)
    const entered = enteredSettings(ctx, fields)
    const removed = new Set<SettingKey>(
      fields.flatMap(({ key }) => (formText(ctx, `${key}Remove`, 10) === 'true' ? [key] : [])),
    )
    const version = submittedVersion(ctx)
    const { changes, problems } = changesOf(fields, entered, removed)
    const refusal =
      problems.length > 0
        ? { status: 400, problems, isConflict: false }
        : await runFormAction(async () => {
            await settings.change({ ...pageActor(user, ctx), ...version }, changes, {
              keys: keysOf(section),
              assertCanChange: (keys) => assertRecentForSettings(ctx, keys),
            })
          })
    if (refusal)
      return page.show(ctx, user, section, {
        ...refusal,
        entered,
        // Correcting an input error must not hide a conflict with another user's change.
        ...(!refusal.isConflict && version.ifMatch !== undefined && { version: version.ifMatch }),
      })
    const test = section === 'email' && formText(ctx, 'act', 10) === 'test' ? await trySending(testEmail, user) : null
    flashes.set(ctx, pathOf(section), test ? { test } : { done: 'saved' })
    seeOther(ctx, pathOf(section))
  }

  return [settingsPath, `${settingsPath}/:section`].flatMap((path): readonly PageRoute[] => [
    route.get(path as `/${string}`, show),
    route.post(path as `/${string}`, save),
  ])
}

function sectionOf({ params }: Context): SectionName {
  const { section = 'general' } = params
  if (!isSection(section)) throw new NotFoundError('not_found', 'There is no such page.')
  return section
}

function isSection(name: string): name is SectionName {
  return Object.hasOwn(sections, name)
}

/** The result of a test e-mail, for its page. */
async function trySending(send: (user: User) => Promise<void>, user: User): Promise<SettingsPage['test']> {
  const address = user.email ?? ''
  try {
    await send(user)
    return { outcome: 'sent', address, answer: '', problem: null }
  } catch (error) {
    if (error instanceof ConflictError) return { outcome: 'no_address', address, answer: '', problem: null }
    if (!(error instanceof ConfigurationError)) throw error
    const { answer = '', problem = null } = error.details
    return { outcome: 'failed', address, answer, problem }
  }
}

function testOf(value: unknown): SettingsPage['test'] {
  const { outcome, address, answer, problem } = Object(value)
  const isKnown = outcome === 'sent' || outcome === 'failed' || outcome === 'no_address'
  return isKnown && typeof address === 'string' && typeof answer === 'string'
    ? { outcome, address, answer, problem: typeof problem === 'string' ? problem : null }
    : null
}

function newTokenOf(value: unknown): { readonly id: string; readonly token: string } | null {
  const { id, token } = Object(value)
  return typeof id === 'string' && typeof token === 'string' ? { id, token } : null
}
