import type { ClientList, ClientScope, ListedClient } from '@pocket/core'
import { startUrl } from '@pocket/core/internal'
import type { Deps } from '../http/deps.ts'
import type { Messages } from '../http/messages.ts'
import type { PagePictures } from '../http/page-pictures.ts'
import type { FavoriteStore } from './favorite-store.ts'
import type { AppTile } from './page-model.ts'

/** Maximum number of applications of each kind on one page; users with more use the search. */
const maxShown = { usable: 40, consented: 15 }

export interface OwnAppsDeps extends Deps {
  readonly favorites: FavoriteStore
  readonly pictures: PagePictures
}

interface ConsentedApps {
  readonly items: readonly ListedClient[]
  readonly more: number
}

export interface OwnApps {
  /** The applications the user may use; the number of statements does not depend on their number. */
  listUsable(
    accountId: string,
    search: string,
    compare: Messages['compare'],
  ): Promise<{ readonly tiles: readonly AppTile[]; readonly more: number }>
  /** The applications the user has consented to, most recently used first. */
  listConsented(accountId: string, search: string): Promise<ConsentedApps>
  findConsented(accountId: string, clientId: string): Promise<ListedClient | undefined>
  /** Whether the user may use this application. */
  isUsable(accountId: string, clientId: string): Promise<boolean>
}

export function createOwnApps({ pocket, directory, favorites, pictures }: OwnAppsDeps): OwnApps {
  const sort = { by: 'lastUsedAt', descending: true } as const
  const page = (scope: ClientScope, search: string, limit: number, onlyIds?: readonly string[]): Promise<ClientList> =>
    pocket.clients.page({ scope, search, page: 1, limit, sort, filters: {}, ...(onlyIds && { onlyIds }) })
  const findGroupIds = async (accountId: string) =>
    ((await directory.accounts.find(accountId))?.groups ?? []).map(({ id }) => id)

  return {
    async listUsable(accountId, search, compare) {
      const scope = { of: 'usable', accountId, groupIds: await findGroupIds(accountId) } as const
      const favoriteIds = await favorites.list(accountId)
      const limit = maxShown.usable
      const { items, total } = await page(scope, search, limit)
      const firstIds = new Set(items.map(({ client }) => client.id))
      const laterIds = total > limit ? favoriteIds.filter((id) => !firstIds.has(id)) : []
      const later = laterIds.length > 0 ? (await page(scope, search, limit, laterIds)).items : []
      // Favorites come first, then the last used; the others are found by their names.
      const isFavorite = ({ client }: ListedClient) => favoriteIds.includes(client.id)
      const usedAt = ({ consent }: ListedClient) => consent?.updatedAt ?? 0
      const shown = [...items, ...later]
        .sort(
          (a, b) =>
            Number(isFavorite(b)) - Number(isFavorite(a)) ||
            usedAt(b) - usedAt(a) ||
            compare(a.client.name, b.client.name),
        )
        .slice(0, limit)
      const logos = await pictures.clients(shown.map(({ client }) => client.id))
      const tiles = shown.map((each) => ({
        id: each.client.id,
        name: each.client.name,
        description: each.client.description,
        logo: logos.get(each.client.id) ?? null,
        launch: launchLink(startUrl(each.client, pocket.issuer)),
        isFavorite: isFavorite(each),
        lastUsedAt: each.consent?.updatedAt ?? null,
      }))
      return { tiles, more: total - tiles.length }
    },

    async listConsented(accountId, search) {
      const { items, total } = await page({ of: 'consented', accountId }, search, maxShown.consented)
      return { items, more: total - items.length }
    },

    findConsented: async (accountId, clientId) =>
      (await page({ of: 'consented', accountId }, '', 1, [clientId])).items[0],

    async isUsable(accountId, clientId) {
      const client = await pocket.clients.find(clientId)
      if (client === undefined) return false
      if (!client.isGroupRestricted) return true
      const groupIds = await findGroupIds(accountId)
      return client.allowedGroupIds.some((id) => groupIds.includes(id))
    },
  }
}

/** Only http and https links, never a URL that runs script. */
function launchLink(address: string | null): AppTile['launch'] {
  const url = address === null ? null : URL.parse(address)
  return url && /^https?:$/.test(url.protocol) ? { href: url.href, host: url.host } : null
}
