import type { ClientRecord } from '@pocket/core'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import { type ListPageDefinition, listReturnUrl, readListPage } from '../http/list-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { clientListRequest } from './client-lists.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { ClientItem } from './page-model.ts'

const booleans = ['true', 'false']

function definition(path: string): ListPageDefinition {
  return {
    path,
    columns: [
      { name: 'name', sort: 'name' },
      { name: 'access', sort: 'allowedUserGroupsCount', choice: 'shown' },
      { name: 'lastAttempt', choice: 'shown' },
      { name: 'pkce', sort: 'pkceEnabled', choice: 'shown' },
      { name: 'id', choice: 'hidden' },
      { name: 'created', sort: 'createdAt', choice: 'hidden' },
    ],
    filters: {
      isGroupRestricted: booleans,
      pkceEnabled: booleans,
      skipConsent: booleans,
      requiresReauthentication: booleans,
      requiresPushedAuthorizationRequests: booleans,
      clientType: ['standard', 'cimd'],
    },
    sort: { column: 'name', descending: false },
  }
}

/** `/settings/admin/oidc-clients`: the list of clients. */
export function clientListPages(context: ClientPageContext): readonly PageRoute[] {
  const { pocket, pictures, path, authentication, show, flashes, secure, administration, formActor } = context
  const { clients, connectionLog } = pocket
  const list = definition(path)

  const showList = async (ctx: Context) => {
    const viewer = viewerOf(await authentication.requireUser(ctx))
    const listPage = readListPage(ctx, list, secure)
    const { items, total } = await clients.page(clientListRequest(listPage.request, { of: 'everybody' }))
    const ids = items.map(({ client }) => client.id)
    const logos = await pictures.clients(ids)
    const attempts = listPage.shows('lastAttempt') ? await connectionLog.latest(ids) : []
    const latest = new Map(attempts.map((attempt) => [attempt.clientId, attempt]))
    const { removed, nothing, count } = flashes.consume(ctx, path)
    await show(ctx, {
      view: 'clients',
      viewer,
      list: listPage.view(total),
      clients: items.map(({ client, allowedGroupCount }): ClientItem => {
        const attempt = latest.get(client.id)
        return {
          ...clientItem(client, allowedGroupCount),
          picture: logos.get(client.id) ?? null,
          lastAttempt: attempt ? { at: attempt.at, succeeded: attempt.succeeded } : null,
        }
      }),
      removed: typeof removed === 'string' ? { name: removed, count: typeof count === 'number' ? count : 1 } : null,
      nothingSelected: nothing === true,
    })
  }

  /** Deletes the selected clients after confirmation. */
  const removeSelected = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const listQuery = formText(ctx, 'list', 1000)
    const candidates = await Promise.all(
      [...new Set(formTexts(ctx, 'ids', 2048))].slice(0, 100).map((id) => clients.find(id)),
    )
    const selected = candidates.filter((client) => client !== undefined)
    const [first] = selected
    if (first === undefined) {
      flashes.set(ctx, path, { nothing: true })
      seeOther(ctx, listReturnUrl(path, listQuery))
      return
    }
    if (formText(ctx, 'confirmed') !== 'yes') {
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(user),
        within: 'clients',
        confirmation: {
          act: 'clientsDelete',
          names: selected.slice(0, 20).map(({ name }) => name),
          count: selected.length,
          submitTo: `${path}/acts`,
          fields: [
            { name: 'act', value: 'delete' },
            { name: 'list', value: listQuery },
            ...selected.map(({ id }) => ({ name: 'ids', value: id })),
          ],
          isDangerous: true,
        },
        cancelTo: listReturnUrl(path, listQuery),
      })
      return
    }
    for (const { id } of selected) await administration.remove(formActor(ctx, user), id)
    flashes.set(ctx, path, { removed: first.name, count: selected.length })
    seeOther(ctx, listReturnUrl(path, listQuery))
  }

  return [
    { method: 'get', path: list.path as `/${string}`, handle: showList },
    { method: 'post', path: `${list.path}/acts` as `/${string}`, handle: removeSelected },
  ]
}

function clientItem(client: ClientRecord, allowedGroups: number): Omit<ClientItem, 'picture' | 'lastAttempt'> {
  const url = URL.parse(client.redirectUris[0] ?? '')
  const isWebUrl = url?.protocol === 'https:' || url?.protocol === 'http:'
  return {
    id: client.id,
    name: client.name,
    destination: url ? (isWebUrl ? url.host : url.protocol.slice(0, -1)) : null,
    groups: client.isGroupRestricted ? allowedGroups : null,
    pkce: client.pkceRequired ? 'required' : client.pkceSupported ? 'seen' : 'optional',
    isPublic: client.isPublic,
    isSelfRegistered: client.type === 'cimd' || client.registration !== null,
    createdAt: client.createdAt,
  }
}
