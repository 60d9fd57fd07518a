import type { ClientRecord } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { bulkNotice } from '../http/bulk.ts'
import { type BulkAction, runBulkAction, submittedAct } from '../http/bulk-actions.ts'
import { type ListPageDefinition, listRequestOf, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { attemptStates, createClientList } from './client-list.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { ClientItem } from './page-model.ts'

const booleans = ['true', 'false']

function definition(path: string): ListPageDefinition {
  return {
    path,
    columns: [
      { name: 'name', sort: 'name' },
      { name: 'access', sort: 'allowedUserGroupsCount', choice: 'shown' },
      { name: 'lastAttempt', sort: 'lastAttempt', choice: 'shown' },
      { name: 'pkce', sort: 'pkceEnabled', choice: 'hidden' },
      { name: 'id', choice: 'hidden' },
      { name: 'created', sort: 'createdAt', choice: 'hidden' },
    ],
    filters: {
      lastAttempt: attemptStates,
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

export function clientListPages(context: ClientPageContext): readonly PageRoute[] {
  const { pocket, transaction, pictures, path, show, flashes, secure, administration, formActor } = context
  const { clients } = pocket
  const clientList = createClientList(pocket)
  const list = definition(path)

  const showList = async (ctx: Context, user: User) => {
    const viewer = viewerOf(user)
    const listPage = readListPage(ctx, list, secure)
    const { items, total } = await clientList.page(listPage.request)
    const ids = items.map(({ client }) => client.id)
    const logos = await pictures.clients(ids)
    const latest = listPage.shows('lastAttempt') ? await clientList.latestAttempts(ids) : new Map<string, never>()
    const flash = flashes.consume(ctx, path)
    const isFiltered = listPage.request.search !== '' || Object.keys(listPage.request.filters).length > 0
    await show(ctx, {
      view: 'clients',
      viewer,
      list: listPage.view(total, isFiltered ? await clientList.count() : total),
      clients: items.map(({ client, allowedGroupCount }): ClientItem => {
        const attempt = latest.get(client.id)
        return {
          ...clientItem(client, allowedGroupCount),
          picture: logos.get(client.id) ?? null,
          lastAttempt: attempt ? { at: attempt.at, succeeded: attempt.succeeded } : null,
        }
      }),
      notice: bulkNotice(flash),
      isSetUp: flash.isSetUp === true,
    })
  }

  const runBulk = async (ctx: Context, viewer: User) => {
    const actor = formActor(ctx, viewer)
    const acts: Readonly<Record<string, Pick<BulkAction<ClientRecord>, 'work' | 'choice' | 'isDangerous'>>> = {
      'limit-to-groups': {
        choice: { kind: 'groups' },
        // Reading and writing are exclusive, so that no concurrent change is lost.
        work: ({ id }, chosen) =>
          transaction(async () => {
            const client = (await clients.findForUpdate(id)) ?? throwNotFound()
            const groupIds = [...new Set([...(client.isGroupRestricted ? client.allowedGroupIds : []), ...chosen])]
            const after = await administration.update(actor, id, { ...client, isGroupRestricted: true }, groupIds)
            return !client.isGroupRestricted || after.allowedGroupIds.length !== client.allowedGroupIds.length
          }),
        isDangerous: false,
      },
      delete: { work: ({ id }) => administration.remove(actor, id) },
    }
    const name = submittedAct(ctx)
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined
    if (act === undefined) return seeOther(ctx, path)
    await runBulkAction<ClientRecord>(
      ctx,
      {
        ...{ viewer, path, within: 'clients', asks: `clients.${name}`, act: name, ...act },
        find: async (ids) =>
          (await Promise.all(ids.map((id) => clients.find(id)))).filter((client) => client !== undefined),
        async findMatching(query, limit) {
          const request = { ...listRequestOf(list, query), page: 1, limit }
          const { items, total } = await clientList.page(request)
          return { items: items.map(({ client }) => client), total }
        },
      },
      { show, flashes },
    )
  }

  return [route.get(list.path as `/${string}`, showList), route.post(`${list.path}/bulk` as `/${string}`, runBulk)]
}

function throwNotFound(): never {
  throw clientNotFound()
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
