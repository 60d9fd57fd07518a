import assert from 'node:assert/strict'
import type { Client } from '../../clients/client.ts'
import type { ClientStore } from '../../clients/client-store.ts'
import { type ContractCase, fiftyTimes, noon } from './contract.ts'

function client(id: string, changes: Partial<Client> = {}): Client {
  return {
    id,
    name: id,
    redirectUris: [],
    postLogoutRedirectUris: [],
    isPublic: false,
    pkceRequired: false,
    secrets: [],
    template: null,
    createdAt: noon,
    updatedAt: noon,
    ...changes,
  }
}

const complete = client('https://client.example/metadata.json', {
  name: 'Zoë’s "NAS"',
  redirectUris: ['https://nas:5001', 'app.immich:///oauth-callback'],
  postLogoutRedirectUris: ['https://nas:5001/bye'],
  isPublic: true,
  pkceRequired: true,
  secrets: [
    { id: 's1', hash: 'hash', prefix: 'pocket_ab', createdAt: noon, expiresAt: null },
    { id: 's2', hash: 'hash2', prefix: 'pocket_cd', createdAt: noon, expiresAt: noon + 1 },
  ],
  template: 'synology-dsm',
  updatedAt: noon + 1,
})

/** What {@link ClientStore} promises. */
export const clientStoreContract: readonly ContractCase<ClientStore>[] = [
  {
    name: 'gives back every field as it was stored',
    run: async (store) => {
      assert.equal(await store.insert(complete), true)
      assert.equal(await store.insert(client('bare')), true)
      assert.deepEqual(await store.find(complete.id), complete)
      assert.deepEqual(await store.find('bare'), client('bare'))
      assert.equal(await store.find('another'), undefined)
    },
  },
  {
    name: 'lists all clients by name',
    run: async (store) => {
      assert.deepEqual(await store.list(), [])
      for (const name of ['b', 'C', 'a']) await store.insert(client(`id-${name}`, { name }))
      assert.deepEqual(
        (await store.list()).map(({ name }) => name),
        ['a', 'b', 'C'],
      )
    },
  },
  {
    name: 'an insert changes nothing where the id is taken; of fifty at once, one succeeds',
    run: async (store) => {
      const results = await fiftyTimes((index) => store.insert(client('a', { name: `by ${index}` })))
      assert.deepEqual(results.filter(Boolean), [true])
      assert.equal((await store.find('a'))?.name, `by ${results.indexOf(true)}`)
    },
  },
  {
    name: 'an update replaces the client of this id and no other',
    run: async (store) => {
      await store.insert(client('a'))
      await store.insert(client('b'))
      assert.equal(await store.update({ ...complete, id: 'a' }), true)
      assert.deepEqual(await store.find('a'), { ...complete, id: 'a' })
      assert.deepEqual(await store.find('b'), client('b'))
    },
  },
  {
    name: 'an update makes no client where there is none',
    run: async (store) => {
      assert.equal(await store.update(client('a')), false)
      assert.equal(await store.find('a'), undefined)
    },
  },
  {
    name: 'removes one client and says whether it was there',
    run: async (store) => {
      await store.insert(client('a'))
      await store.insert(client('b'))
      assert.equal(await store.remove('a'), true)
      assert.equal(await store.remove('a'), false)
      assert.deepEqual(
        (await store.list()).map(({ id }) => id),
        ['b'],
      )
    },
  },
]
