import type { User } from '@pocket/directory'
import { isEmailAddress } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { assertRecentForSettings } from '../access/access-checks.ts'
import { pageActor } from '../access/actor.ts'
import { qrCodeOf } from '../device-login/qr-code.ts'
import { allChanged, bulkNotice } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import { pickedGroups } from '../http/choices.ts'
import { formText, formTexts } from '../http/form.ts'
import { runFormAction } from '../http/form-page.ts'
import { type ListPageDefinition, listReturnUrl, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { SignUpPageDeps } from './page-deps.ts'
import type { InvitationFormValues, InvitationsPage } from './page-model.ts'
import type { SignupToken } from './signup-token.ts'
import type { SignupTokenItem } from './signup-tokens.ts'

const pagePath = '/settings/admin/invitations'
const hour = 60 * 60_000
/** The lifetimes of a link by form value, in milliseconds. */
const lifetimes = { hour, day: 24 * hour, week: 7 * 24 * hour, month: 31 * 24 * hour } as const
const defaultValues: InvitationFormValues = { uses: '1', lifetime: 'week', groupIds: [], email: '' }

const definition: ListPageDefinition = {
  path: pagePath,
  columns: [
    { name: 'link' },
    { name: 'groups', choice: 'shown' },
    { name: 'uses', sort: 'usageCount', choice: 'shown' },
    { name: 'expires', sort: 'expiresAt', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
    { name: 'acts' },
  ],
  filters: { used: ['never', 'partly', 'fully'] },
  sort: { column: 'createdAt', descending: true },
}

export function invitationsPages(deps: SignUpPageDeps): readonly PageRoute[] {
  const { pocket, directory, signupTokens, signUpSettings, settings, mail } = deps
  const { show, flashes, secure } = deps
  const isDisabled = async () => (await signUpSettings()).mode === 'disabled'

  const showPage = async (
    ctx: Context,
    page: Pick<InvitationsPage, 'viewer'> & Partial<Pick<InvitationsPage, 'values' | 'problems'>>,
  ) => {
    const listPage = readListPage(ctx, definition, secure)
    const { items, total } = await signupTokens.list(listPage.request)
    const invitations = items.map((item) => invitationOf(item, pocket.issuer))
    const { values = defaultValues } = page
    const flash = flashes.consume(ctx, pagePath)
    const { done, id, sentTo } = flash
    await show(ctx, {
      view: 'invitations',
      values,
      problems: [],
      ...page,
      mode: (await signUpSettings()).mode,
      canEnable: (await isDisabled()) && !settings.isFixed('allowUserSignups'),
      canSend: await mail.isConfigured(),
      list: listPage.view(total),
      invitations,
      groups: pickedGroups(await directory.groups.list(values.groupIds)),
      created: done === 'created' ? createdLink(invitations.find((invitation) => invitation.id === id)) : null,
      sentTo: done === 'created' && typeof sentTo === 'string' ? sentTo : null,
      bulkNotice: done === 'delete' || done === 'nothing' ? bulkNotice(flash) : null,
    })
  }

  /** A link grants access, so showing it requires recent re-authentication. */
  const showAll = async (ctx: Context, user: User) => showPage(ctx, { viewer: viewerOf(user) })

  const create = async (ctx: Context, user: User) => {
    const values = formValues(ctx)
    const usageLimit = Number(values.uses)
    const recipient = values.email !== '' && (await mail.isConfigured()) ? values.email : null
    const problems = [
      ...(recipient === null || isEmailAddress(recipient)
        ? []
        : [{ field: 'email', code: 'invalid_format', message: 'must be an e-mail address' }]),
      ...(/^\d{1,3}$/.test(values.uses) && usageLimit >= 1 && usageLimit <= 100
        ? []
        : [{ field: 'uses', code: 'invalid', message: 'must be a number from 1 to 100' }]),
    ]
    let id = ''
    const refusal =
      problems.length > 0
        ? { status: 400, problems }
        : await runFormAction(async () => {
            if (formText(ctx, 'enable', 3) === 'yes' && (await isDisabled()))
              await settings.change(
                pageActor(user, ctx),
                { allowUserSignups: 'withToken' },
                { keys: ['allowUserSignups'], assertCanChange: (keys) => assertRecentForSettings(ctx, keys) },
              )
            const newToken = { lifetime: lifetimes[values.lifetime], usageLimit, groupIds: values.groupIds, recipient }
            id = (await signupTokens.create(pageActor(user, ctx), newToken)).item.id
          })
    if (refusal) {
      await showPage(ctx, { viewer: viewerOf(user), values, problems: refusal.problems })
      ctx.status = refusal.status
      return
    }
    flashes.set(ctx, pagePath, { done: 'created', id, ...(recipient !== null && { sentTo: recipient }) })
    seeOther(ctx, pagePath)
  }

  const findLinks = async (ids: readonly string[]) => {
    const links = await Promise.all(ids.map(async (id) => describeToken(await signupTokens.find(id))))
    return links.filter((link) => link !== undefined)
  }

  const remove = async (ctx: Context, user: User) => {
    const id = String(ctx.params.id)
    const links = await findLinks([id])
    await signupTokens.remove(pageActor(user, ctx), id)
    flashes.set(
      ctx,
      pagePath,
      allChanged(
        'delete',
        links.map(({ name }) => name),
      ),
    )
    seeOther(ctx, listReturnUrl(pagePath, formText(ctx, 'list', 1000)))
  }

  const removeBulk = async (ctx: Context, user: User) => {
    await runBulkAction(
      ctx,
      {
        viewer: user,
        path: pagePath,
        within: 'invitations',
        asks: 'invitationsDelete',
        act: 'delete',
        find: findLinks,
        work: ({ id }) => signupTokens.remove(pageActor(user, ctx), id),
      },
      { show, flashes },
    )
  }

  return [
    route.get(pagePath, showAll),
    route.post(pagePath, create),
    route.post(`${pagePath}/bulk`, removeBulk),
    route.post(`${pagePath}/:id/remove`, remove),
  ]
}

function createdLink(invitation: InvitationsPage['invitations'][number] | undefined): InvitationsPage['created'] {
  if (invitation === undefined || invitation.link === null) return null
  const { id, link } = invitation
  return { id, link, qrCode: qrCodeOf(link) }
}

/** A link is identified by its expiration date and its usage count. */
function describeToken(token: SignupToken | undefined) {
  if (token === undefined) return undefined
  const { id, expiresAt, usageCount, usageLimit } = token
  return { id, name: `${new Date(expiresAt).toISOString().slice(0, 10)} (${usageCount}/${usageLimit})` }
}

function invitationOf(item: SignupTokenItem, issuer: string): InvitationsPage['invitations'][number] {
  const { id, token, expiresAt, usageLimit, usageCount, groups, createdAt } = item
  return {
    id,
    link: token === '' ? null : `${issuer}/st/${token}`,
    expiresAt,
    usageLimit,
    usageCount,
    groups: groups.map(({ friendlyName }) => friendlyName),
    createdAt,
  }
}

function formValues(ctx: Context): InvitationFormValues {
  const lifetime = formText(ctx, 'lifetime')
  return {
    uses: formText(ctx, 'uses', 100).trim(),
    lifetime: Object.hasOwn(lifetimes, lifetime)
      ? (lifetime as InvitationFormValues['lifetime'])
      : defaultValues.lifetime,
    groupIds: formTexts(ctx, 'userGroupIds'),
    email: formText(ctx, 'email', 300).trim(),
  }
}
