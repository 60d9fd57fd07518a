import assert from 'node:assert/strict'
import type { ClientListRequest, ClientScope } from '../../clients/client-list.ts'
import { defaultProtocol } from '../../clients/protocol.ts'
import type { PocketStores } from '../../stores.ts'
import { api, grant } from './api-store.ts'
import { client } from './client-store.ts'
import { type ContractCase, contract, noon } from './contract.ts'

type Stores = Pick<PocketStores, 'apis' | 'clients' | 'consents'>

const everything: ClientListRequest = {
  scope: { of: 'everybody' },
  page: 1,
  limit: 20,
  sort: null,
  filters: {},
  search: '',
}

async function listClientIds({ clients }: Stores, request: Partial<ClientListRequest> = {}): Promise<string[]> {
  const { items } = await clients.page({ ...everything, ...request })
  return items.map(({ client: { id } }) => id)
}

/** Creates four clients, in this order. */
async function insertClients({ clients }: Stores): Promise<void> {
  await clients.insert(client('d', { name: 'Zoë', createdAt: noon, allowedGroupIds: ['g1'], isGroupRestricted: true }))
  await clients.insert(client('c', { name: '100%', createdAt: noon + 1, pkceRequired: true, skipConsent: true }))
  await clients.insert(client('b', { name: 'a_b', createdAt: noon + 2, launchUrl: 'https://b.example' }))
  await clients.insert(
    client('a', { name: 'Abb', createdAt: noon + 2, allowedGroupIds: ['g1', 'g2'], isGroupRestricted: true }),
  )
}

/** The contract for the pages of {@link PocketStores.clients}, including pages of consents. */
export const clientPageContract: readonly ContractCase<Stores>[] = contract({
  async 'lists pages in the order of creation, and the last page for a page beyond it'(stores) {
    assert.deepEqual(await stores.clients.page(everything), { items: [], total: 0 })
    await insertClients(stores)
    assert.deepEqual(await listClientIds(stores), ['d', 'c', 'a', 'b'])
    assert.deepEqual(await listClientIds(stores, { limit: 3 }), ['d', 'c', 'a'])
    assert.deepEqual(await listClientIds(stores, { limit: 3, page: 2 }), ['b'])
    assert.deepEqual(await listClientIds(stores, { limit: 3, page: 99 }), ['b'])
    assert.equal((await stores.clients.page({ ...everything, limit: 1 })).total, 4)
  },
  async 'contains each client with the number of its groups'(stores) {
    await insertClients(stores)
    const { items } = await stores.clients.page({ ...everything, search: 'abb' })
    const { allowedGroupIds: _, ...record } = client('a', {
      name: 'Abb',
      createdAt: noon + 2,
      isGroupRestricted: true,
    })
    assert.deepEqual(items, [{ client: record, allowedGroupCount: 2, consent: null }])
  },
  async 'searches names, and hosts unless the list is one of an account'(stores) {
    const { clients } = stores
    await clients.insert(client('a', { name: 'Files', redirectUris: ['com.app:/nas/nas', 'https://x.example/nas'] }))
    await clients.insert(
      client('b', { name: 'DSM', redirectUris: ['https://x.example', 'https://NAS.example:5001/x'] }),
    )
    await clients.insert(client('c', { name: 'Nas', redirectUris: [] }))
    await clients.insert(client('d', { name: 'Photos', launchUrl: 'https://photos.nas.example' }))
    const protocol = { ...defaultProtocol, protectedHosts: ['wiki.nas.example'] }
    await clients.insert(client('e', { name: 'Wiki', protocol }))
    assert.deepEqual(await listClientIds(stores, { search: 'nas' }), ['b', 'c', 'd', 'e'])
    assert.deepEqual(await listClientIds(stores, { search: 'nas.example:5001' }), ['b'])
    assert.deepEqual(await listClientIds(stores, { search: '%.example' }), [])
    const usable = { of: 'usable', accountId: 'ada', groupIds: [] } as const
    assert.deepEqual(await listClientIds(stores, { search: 'nas', scope: usable }), ['c'])
  },
  async 'sorts in both directions, and equal values by creation'(stores) {
    await insertClients(stores)
    const listSortedBy = (by: NonNullable<ClientListRequest['sort']>['by'], descending = false) =>
      listClientIds(stores, { sort: { by, descending } })
    assert.deepEqual(await listSortedBy('name'), ['c', 'b', 'a', 'd'])
    assert.deepEqual(await listSortedBy('name', true), ['d', 'a', 'b', 'c'])
    assert.deepEqual(await listSortedBy('createdAt', true), ['a', 'b', 'c', 'd'])
    assert.deepEqual(await listSortedBy('pkceRequired', true), ['c', 'd', 'a', 'b'])
    assert.deepEqual(await listSortedBy('isGroupRestricted'), ['c', 'b', 'd', 'a'])
    assert.deepEqual(await listSortedBy('allowedGroupCount', true), ['a', 'd', 'c', 'b'])
    assert.deepEqual(await listSortedBy('type'), ['d', 'c', 'a', 'b'])
  },
  async 'searches the name regardless of case, and treats SQL wildcards as text'(stores) {
    await insertClients(stores)
    assert.deepEqual(await listClientIds(stores, { search: 'ZOË' }), ['d'])
    assert.deepEqual(await listClientIds(stores, { search: 'zoe\u0308' }), ['d'])
    assert.deepEqual(await listClientIds(stores, { search: '%' }), ['c'])
    assert.deepEqual(await listClientIds(stores, { search: 'A_B' }), ['b'])
    assert.deepEqual(await listClientIds(stores, { search: '!' }), [])
    assert.deepEqual(await listClientIds(stores, { search: "'" }), [])
  },
  async 'returns clients that match one value of each filter'(stores) {
    await insertClients(stores)
    const listFilteredBy = (filters: ClientListRequest['filters']) => listClientIds(stores, { filters })
    assert.deepEqual(await listFilteredBy({ pkceRequired: [true] }), ['c'])
    assert.deepEqual(await listFilteredBy({ pkceRequired: [true, false] }), ['d', 'c', 'a', 'b'])
    assert.deepEqual(await listFilteredBy({ isGroupRestricted: [false], skipConsent: [false] }), ['b'])
    assert.deepEqual(await listFilteredBy({ hasLaunchUrl: [true] }), ['b'])
    assert.deepEqual(await listFilteredBy({ type: ['standard', 'cimd'], hasLaunchUrl: [false] }), ['d', 'c', 'a'])
    assert.deepEqual(await listFilteredBy({ type: ['cimd'] }), [])
    const protocol = { ...defaultProtocol, initiateLoginUri: 'https://e.example/login' }
    await stores.clients.insert(client('e', { protocol, createdAt: noon + 3 }))
    assert.deepEqual(await listFilteredBy({ hasLaunchUrl: [true] }), ['b', 'e'])
    await stores.clients.remove('e')
    assert.deepEqual(await listFilteredBy({ skipConsent: ['yes', 1] }), [])
    assert.deepEqual(await listFilteredBy({ skipConsent: [] }), ['d', 'c', 'a', 'b'])
    assert.equal((await stores.clients.page({ ...everything, filters: { pkceRequired: [true] } })).total, 1)
  },
  async 'restricts the list to given clients, in each sort order and with a search'(stores) {
    await insertClients(stores)
    const sort = { by: 'name', descending: true } as const
    assert.deepEqual(await listClientIds(stores, { onlyIds: ['a', 'd', 'unknown', '\0'], sort }), ['d', 'a'])
    assert.deepEqual(await listClientIds(stores, { onlyIds: ['a', 'd'], search: 'abb' }), ['a'])
    assert.deepEqual(await listClientIds(stores, { onlyIds: [] }), [])
  },
  async 'lists the clients that a member of groups may use, by last use, never used ones last by name'(stores) {
    await insertClients(stores)
    await stores.consents.allow('me', 'c', ['openid', 'email'], noon + 5)
    await stores.consents.allow('me', 'd', ['openid'], noon + 6)
    await stores.consents.allow('another', 'b', ['openid'], noon + 7)
    const usableByGroups = (groupIds: readonly string[]): ClientScope => ({ of: 'usable', accountId: 'me', groupIds })
    assert.deepEqual(await listClientIds(stores, { scope: usableByGroups([]) }), ['c', 'b'])
    assert.deepEqual(await listClientIds(stores, { scope: usableByGroups(['g2', 'unknown']) }), ['c', 'a', 'b'])
    const sort = { by: 'lastUsedAt', descending: true } as const
    assert.deepEqual(await listClientIds(stores, { scope: usableByGroups(['g1']), sort }), ['d', 'c', 'b', 'a'])
    assert.deepEqual(
      await listClientIds(stores, { scope: usableByGroups(['g1']), sort: { ...sort, descending: false } }),
      ['c', 'd', 'b', 'a'],
    )
    const { items } = await stores.clients.page({ ...everything, scope: usableByGroups([]) })
    assert.deepEqual(
      items.map(({ consent }) => consent),
      [{ scopes: ['openid', 'email'], updatedAt: noon + 5 }, null],
    )
  },
  async 'filters clients by whether they have a grant for an API'(stores) {
    await insertClients(stores)
    await stores.apis.insert(api('x'))
    await stores.apis.insert(api('y'))
    await stores.apis.setGrant(grant('x', 'b'))
    await stores.apis.setGrant(grant('x', 'd'))
    await stores.apis.setGrant(grant('y', 'a'))
    assert.deepEqual(await listClientIds(stores, { scope: { of: 'granted', apiId: 'x' } }), ['d', 'b'])
    assert.deepEqual(await listClientIds(stores, { scope: { of: 'granted', apiId: 'x' }, search: 'ZOË' }), ['d'])
    assert.deepEqual(await listClientIds(stores, { scope: { of: 'ungranted', apiId: 'x' } }), ['c', 'a'])
    assert.deepEqual(await listClientIds(stores, { scope: { of: 'granted', apiId: 'nothing' } }), [])
  },
  async 'lists the clients that an account has consented to, including those it may no longer use'(stores) {
    await insertClients(stores)
    await stores.consents.allow('me', 'd', ['openid'], noon + 6)
    await stores.consents.allow('another', 'b', ['openid'], noon + 7)
    const scope: ClientScope = { of: 'consented', accountId: 'me' }
    const { items, total } = await stores.clients.page({ ...everything, scope })
    assert.equal(total, 1)
    assert.deepEqual(
      items.map(({ client: { id }, consent }) => [id, consent]),
      [['d', { scopes: ['openid'], updatedAt: noon + 6 }]],
    )
    assert.deepEqual(await listClientIds(stores, { scope, filters: { hasLaunchUrl: [true] } }), [])
  },
})
