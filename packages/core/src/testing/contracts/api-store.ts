import assert from 'node:assert/strict'
import type { Api, ApiGrant } from '../../apis/api.ts'
import type { ApiListRequest } from '../../apis/api-list.ts'
import type { ApiStore } from '../../apis/api-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

export function api(id: string, fields: Partial<Api> = {}): Api {
  return {
    id,
    name: `API ${id}`,
    resource: `https://${id}.example`,
    permissions: [{ id: `${id}-read`, key: 'read', name: 'Read', description: 'Ä', allowedForCimdClients: true }],
    accessTokenFormat: 'opaque',
    accessTokenDurationMinutes: 30,
    resourceServerClientIds: ['server'],
    allowCimdClients: true,
    createdAt: noon,
    updatedAt: noon + 1,
    ...fields,
  }
}

export function grant(apiId: string, clientId: string, fields: Partial<ApiGrant> = {}): ApiGrant {
  return {
    apiId,
    clientId,
    userDelegatedAccess: true,
    clientAccess: false,
    userDelegatedPermissionIds: [`${apiId}-read`],
    clientPermissionIds: [],
    ...fields,
  }
}

const all: ApiListRequest = { notGrantedTo: null, accessTokenFormat: null, page: 1, limit: 20, sort: null, search: '' }

/** The contract of {@link ApiStore}. */
export const apiStoreContract: readonly ContractCase<ApiStore>[] = contract({
  async 'stores an API, and finds it by its ID and its resource'(store) {
    assert.equal(await store.insert(api('a')), true)
    for (const found of [
      await store.find('a'),
      await store.findForUpdate('a'),
      await store.findByResource('https://a.example'),
    ])
      assert.deepEqual(found, api('a'))
    assert.equal(await store.find('b'), undefined)
    assert.equal(await store.find('\0'), undefined)
    assert.equal(await store.findByResource('https://A.example'), undefined)
  },
  async 'gives a resource to one of fifty concurrent APIs'(store) {
    const inserted = await repeat50Times((index) =>
      store.insert(api(`a${index}`, { resource: 'https://same.example' })),
    )
    assert.equal(inserted.filter(Boolean).length, 1)
    assert.equal((await store.list()).length, 1)
  },
  async 'updates an API, and no missing one'(store) {
    await store.insert(api('a'))
    const changed = api('a', {
      name: 'Else',
      permissions: [],
      accessTokenFormat: 'jwt',
      accessTokenDurationMinutes: null,
    })
    await store.update(changed)
    await store.update(api('b'))
    assert.deepEqual(await store.list(), [changed])
  },
  async 'removes an API with its grants, and returns whether it existed'(store) {
    await store.insert(api('a'))
    await store.insert(api('b'))
    await store.setGrant(grant('a', 'client'))
    await store.setGrant(grant('b', 'client'))
    assert.equal(await store.remove('a'), true)
    assert.equal(await store.remove('a'), false)
    assert.deepEqual(await store.grantsTo('client'), [grant('b', 'client')])
  },
  async 'stores one grant for each API and client'(store) {
    await store.insert(api('a'))
    await store.setGrant(grant('a', 'x'))
    await store.setGrant(grant('a', 'y'))
    const changed = grant('a', 'x', {
      clientAccess: true,
      clientPermissionIds: ['a-read'],
      userDelegatedAccess: false,
    })
    await store.setGrant(changed)
    assert.deepEqual(await store.findGrant('a', 'x'), changed)
    assert.deepEqual(
      (await store.grantsOf('a')).toSorted((left, right) => left.clientId.localeCompare(right.clientId)),
      [changed, grant('a', 'y')],
    )
    assert.equal(await store.removeGrant('a', 'y'), true)
    assert.equal(await store.removeGrant('a', 'y'), false)
    await store.removeGrantsTo('x')
    assert.deepEqual(await store.grantsOf('a'), [])
  },
  async 'lists sorted and searched pages, without the APIs that a client has access to'(store) {
    await store.insert(api('a', { name: 'zebra', createdAt: noon }))
    await store.insert(api('b', { name: 'Ähre', createdAt: noon + 1 }))
    await store.insert(api('c', { name: '100%', createdAt: noon + 2 }))
    const listIds = async (request: Partial<ApiListRequest>) => {
      const { items, total } = await store.page({ ...all, ...request })
      return [items.map(({ id }) => id).join(''), total]
    }
    assert.deepEqual(await listIds({}), ['abc', 3])
    assert.deepEqual(await listIds({ sort: { by: 'name', descending: false } }), ['cab', 3])
    assert.deepEqual(await listIds({ sort: { by: 'resource', descending: true } }), ['cba', 3])
    assert.deepEqual(await listIds({ sort: { by: 'createdAt', descending: true } }), ['cba', 3])
    assert.deepEqual(await listIds({ search: 'äH' }), ['b', 1])
    assert.deepEqual(await listIds({ search: 'A.Example' }), ['a', 1])
    assert.deepEqual(await listIds({ search: '%' }), ['c', 1])
    await store.update(api('c', { name: '100%', createdAt: noon + 2, accessTokenFormat: 'jwt' }))
    assert.deepEqual(await listIds({ accessTokenFormat: 'jwt' }), ['c', 1])
    assert.deepEqual(await listIds({ accessTokenFormat: 'opaque', search: 'a' }), ['ab', 2])
    assert.deepEqual(await listIds({ limit: 2, page: 9 }), ['c', 3])
    await store.setGrant(grant('b', 'client'))
    assert.deepEqual(await listIds({ notGrantedTo: 'client' }), ['ac', 2])
    assert.deepEqual(
      (await store.list()).map(({ id }) => id),
      ['c', 'a', 'b'],
    )
  },
})
