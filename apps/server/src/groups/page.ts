import type { GroupWithClaims, User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { createClientAdministration } from '../clients/administration.ts'
import { allChanged } from '../http/bulk.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { listReturnUrl } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { claimsRefusal, readClaims } from '../users/claims-form.ts'
import type { GroupPageDeps } from './deps.ts'
import { groupListPages } from './list-page.ts'
import { memberPages } from './members-page.ts'
import type { GroupTab } from './page-model.ts'
import {
  createShowGroup,
  type GroupPageContext,
  groupPath,
  groupRemovalConfirmation,
  groupsPath,
  groupTabPath,
  pickedClients,
} from './show-group.ts'

export function groupPages(deps: GroupPageDeps): readonly PageRoute[] {
  const { groups, directory, reauthentication, messagesFor, show, flashes } = deps
  const { clients } = deps.pocket
  const clientAdministration = createClientAdministration(deps)
  const showGroup = createShowGroup(deps)
  const redirectWithNotice: GroupPageContext['redirectWithNotice'] = (ctx, id, notice, tab, name) => {
    flashes.set(ctx, groupTabPath(id, tab), { done: notice, name })
    seeOther(ctx, listReturnUrl(groupTabPath(id, tab), formText(ctx, 'list', 2000)))
  }
  const findGroup = (ctx: Context) => groups.find(String(ctx.params.id))
  const withGroup =
    (handle: (ctx: Context, viewer: User, group: GroupWithClaims) => Promise<void>) =>
    async (ctx: Context, viewer: User): Promise<void> => {
      const group = await findGroup(ctx)
      const action = () => handle(ctx, viewer, group)
      await ((await directory.groups.hasAdministrator(group.id))
        ? reauthentication.when('administrator-group', action)(ctx)
        : action())
    }
  const actorOf = (ctx: Context, viewer: User) => ({ ...pageActor(viewer, ctx), ...submittedVersion(ctx) })
  const readValues = (ctx: Context) => ({
    friendlyName: formText(ctx, 'friendlyName', 300).trim(),
    name: formText(ctx, 'name', 300).trim(),
    requiresTwoPasskeys: formText(ctx, 'requiresTwoPasskeys', 10) !== '',
  })

  const pages = {
    ...groupListPages(deps),
    ...memberPages({ ...deps, showGroup, redirectWithNotice }),

    async new(ctx: Context, user: User) {
      const viewer = viewerOf(user)
      await show(ctx, { view: 'group-new', viewer, values: emptyValues, problems: [] })
    },

    async create(ctx: Context, viewer: User) {
      const values = readValues(ctx)
      let id = ''
      const refusal = await runFormAction(async () => {
        id = (await groups.create(pageActor(viewer, ctx), values)).id
      })
      if (!refusal) return redirectWithNotice(ctx, id, 'created', 'members')
      await show(ctx, { view: 'group-new', viewer: viewerOf(viewer), values, problems: refusal.problems })
      ctx.status = refusal.status
    },

    show: (tab: GroupTab) => async (ctx: Context, viewer: User) => showGroup(ctx, viewer, await findGroup(ctx), tab),

    update: withGroup(async (ctx, viewer, group) => {
      const managed = (await groups.isManagedByLdap(group)) && { name: group.name, friendlyName: group.friendlyName }
      const values = { ...readValues(ctx), ...managed }
      const claims = readClaims(ctx)
      const refusal = await runFormAction(() =>
        directory.withLock(async () => {
          await groups.update(actorOf(ctx, viewer), group.id, values)
          if (claims) await groups.setClaims(pageActor(viewer, ctx), group.id, claims)
        }),
      )
      if (!refusal) return redirectWithNotice(ctx, group.id, 'saved', 'settings')
      const stored = await groups.find(group.id)
      const { name, friendlyName } = stored
      const submitted = { friendlyName: values.friendlyName, name: values.name }
      const conflict = refusal.isConflict ? differences({ friendlyName, name }, submitted) : null
      await showGroup(ctx, viewer, stored, 'settings', {
        ...{ values, conflict },
        ...claimsRefusal(refusal.problems, claims),
      })
      ctx.status = refusal.status
    }),

    /** Sets which restricted clients the members may use. */
    setClients: withGroup(async (ctx, viewer, group) => {
      const selected = await Promise.all([...new Set(formTexts(ctx, 'clients'))].map((id) => clients.find(id)))
      const submitted = pickedClients(selected.filter((client) => client !== undefined))
      // The page shows restricted clients only. Others may be prepared for a later restriction.
      const allowedBefore = await clients.allowedTo(group.id)
      const hiddenIds = allowedBefore.filter((client) => !client.isGroupRestricted).map(({ id }) => id)
      const actor = { ...pageActor(viewer, ctx), ...submittedVersion(ctx) }
      const allowed = [...new Set([...submitted.map(({ id }) => id), ...hiddenIds])]
      const refusal = await runFormAction(() =>
        directory.withLock(() => clientAdministration.setAllowedTo(actor, group.id, allowed)),
      )
      if (!refusal) return redirectWithNotice(ctx, group.id, 'clients_saved', 'clients')
      const stored = pickedClients(allowedBefore.filter((client) => client.isGroupRestricted))
      const { list, compare } = messagesFor(ctx.req, viewer)
      const namesOf = (items: typeof stored) => list(items.map(({ name }) => name).sort(compare))
      const conflict = differences({ clients: namesOf(stored) }, { clients: namesOf(submitted) })
      await showGroup(ctx, viewer, group, 'clients', { clients: submitted, conflict })
      ctx.status = refusal.status
    }),

    /** The confirmation page for browsers without JavaScript. */
    async confirmRemoval(ctx: Context, viewer: User) {
      const group = await findGroup(ctx)
      const confirmation = groupRemovalConfirmation(group)
      const cancelTo = groupPath(group.id)
      await show(ctx, { view: 'confirm', viewer: viewerOf(viewer), within: 'group', confirmation, cancelTo })
    },

    remove: withGroup(async (ctx, viewer, group) => {
      await groups.remove(pageActor(viewer, ctx), group.id)
      flashes.set(ctx, groupsPath, allChanged('delete', [group.friendlyName]))
      seeOther(ctx, groupsPath)
    }),
  }

  return [
    route.get('/settings/admin/user-groups', pages.list),
    route.post('/settings/admin/user-groups/bulk', pages.bulk),
    route.get('/settings/admin/user-groups/new', pages.new),
    route.post('/settings/admin/user-groups/new', pages.create),
    route.get('/settings/admin/user-groups/:id', pages.show('members')),
    route.get('/settings/admin/user-groups/:id/clients', pages.show('clients')),
    route.get('/settings/admin/user-groups/:id/settings', pages.show('settings')),
    route.post('/settings/admin/user-groups/:id', pages.update),
    route.post('/settings/admin/user-groups/:id/members', pages.addMembers),
    route.post('/settings/admin/user-groups/:id/bulk', pages.bulkMembers),
    route.post('/settings/admin/user-groups/:id/members/:userId/end', pages.setMemberEnd),
    route.post('/settings/admin/user-groups/:id/members/:userId/remove', pages.removeMember),
    route.post('/settings/admin/user-groups/:id/clients', pages.setClients),
    route.get('/settings/admin/user-groups/:id/remove', pages.confirmRemoval),
    route.post('/settings/admin/user-groups/:id/remove', pages.remove),
  ]
}

const emptyValues = { name: '', friendlyName: '', requiresTwoPasskeys: false }
