import assert from 'node:assert/strict'
import type { Client } from '../../clients/client.ts'
import type { ClientStore } from '../../clients/client-store.ts'
import { defaultProtocol } from '../../clients/protocol.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

export function client(id: string, changes: Partial<Client> = {}): Client {
  return {
    id,
    name: id,
    description: '',
    type: 'standard',
    launchUrl: null,
    redirectUris: [],
    postLogoutRedirectUris: [],
    isPublic: false,
    pkceRequired: false,
    pkceSupported: false,
    requiresReauthentication: false,
    requiresPushedAuthorizationRequests: false,
    skipConsent: false,
    isGroupRestricted: false,
    allowedGroupIds: [],
    secrets: [],
    federatedIdentities: [],
    accessTokenDurationMinutes: null,
    refreshTokenDurationMinutes: 43_200,
    protocol: defaultProtocol,
    template: null,
    registration: null,
    unusedSince: null,
    metadataExpiresAt: null,
    createdAt: noon,
    updatedAt: noon,
    ...changes,
  }
}

const complete = client('https://client.example/metadata.json', {
  name: 'Zoë’s "NAS"',
  description: 'Photos\nand files',
  type: 'cimd',
  launchUrl: 'https://nas:5001',
  redirectUris: ['https://nas:5001', 'app.immich:///oauth-callback'],
  postLogoutRedirectUris: ['https://nas:5001/bye'],
  isPublic: true,
  pkceRequired: true,
  pkceSupported: true,
  requiresReauthentication: true,
  requiresPushedAuthorizationRequests: true,
  skipConsent: true,
  isGroupRestricted: true,
  allowedGroupIds: ['g1', 'g2'],
  federatedIdentities: [
    { issuer: 'https://ci.example', subject: 'repo:a', audience: null, jwks: null, replayProtection: true },
  ],
  accessTokenDurationMinutes: 1,
  refreshTokenDurationMinutes: 525_600,
  protocol: {
    ...defaultProtocol,
    implicitIdToken: true,
    userNames: { someone: 'other' },
    groupRules: { include: ['a*'], rename: {} },
  },
  secrets: [
    { id: 's1', hash: 'hash', prefix: 'pocket_ab', createdAt: noon, expiresAt: null },
    { id: 's2', hash: 'hash2', prefix: 'pocket_cd', createdAt: noon, expiresAt: noon + 1 },
  ],
  template: 'synology-dsm',
  registration: { grant_types: ['authorization_code'], contacts: ['ada@example.com'] },
  unusedSince: noon - 1,
  metadataExpiresAt: noon + 2,
  updatedAt: noon + 1,
})

/** The contract of {@link ClientStore}. */
export const clientStoreContract: readonly ContractCase<ClientStore>[] = contract({
  async 'returns every field as stored'(store) {
    assert.equal(await store.insert(complete), true)
    assert.equal(await store.insert(client('bare')), true)
    assert.deepEqual(await store.find(complete.id), complete)
    assert.deepEqual(await store.find('bare'), client('bare'))
    assert.deepEqual(await store.findCached('bare'), client('bare'))
    assert.equal(await store.findCached('another'), undefined)
    assert.equal(await store.find('another'), undefined)
  },
  async 'lists unused clients, longest unused first'(store) {
    for (const [id, unusedSince] of Object.entries({ late: noon, b: noon - 1, a: noon - 1, first: 1, used: 1 }))
      await store.insert(client(id, { unusedSince }))
    await store.insert(client('of an administrator'))
    await store.noteUse('used')
    await store.noteUse('nobody')
    assert.deepEqual(await store.listUnused(noon, 2), ['first', 'a'])
    assert.deepEqual(await store.listUnused(noon, 9), ['first', 'a', 'b'])
    assert.deepEqual(await store.find('used'), client('used'))
  },
  async 'postpones the removal of an unused client'(store) {
    await store.insert(client('old', { unusedSince: noon }))
    await store.insert(client('kept', { unusedSince: null }))
    for (const id of ['old', 'kept', 'nobody']) await store.postponeRemoval(id, noon, noon + 9)
    assert.equal((await store.find('old'))?.unusedSince, noon)
    for (const id of ['old', 'kept']) await store.postponeRemoval(id, noon + 1, noon + 9)
    assert.deepEqual(await store.find('old'), client('old', { unusedSince: noon + 9 }))
    assert.deepEqual(await store.find('kept'), client('kept'))
  },
  async 'inserts unused clients of a network up to a maximum'(store) {
    const unusedClient = (id: string) => client(id, { unusedSince: noon, isPublic: true, allowedGroupIds: ['g1'] })
    const insertUnused = (id: string, network = 'a') => store.insertUnused(unusedClient(id), network, 2)
    assert.deepEqual([await insertUnused('1'), await insertUnused('2'), await insertUnused('3')], [true, true, false])
    assert.deepEqual([await insertUnused('4', 'b'), await insertUnused('4', 'c')], [true, false])
    assert.deepEqual(await store.find('1'), unusedClient('1'))
    assert.equal(await store.find('3'), undefined)
    await store.update({ ...unusedClient('2'), name: 'renamed' })
    assert.equal(await insertUnused('3'), false)
    await store.noteUse('1')
    assert.deepEqual([await insertUnused('5'), await insertUnused('6')], [true, false])
    await store.remove('5')
    assert.equal(await insertUnused('6'), true)
  },
  async 'finds the clients with protected hosts, even after a change'(store) {
    const site = client('site', {
      allowedGroupIds: ['g1', 'g2'],
      protocol: { ...defaultProtocol, protectedHosts: ['wiki.example.org'] },
    })
    assert.deepEqual(await store.protectedSites(), [])
    await store.insert(client('other'))
    await store.insert(site)
    assert.deepEqual(await store.protectedSites(), [site])
    await store.update({ ...site, protocol: defaultProtocol })
    assert.deepEqual(await store.protectedSites(), [])
  },
  async 'lists all clients by name'(store) {
    assert.deepEqual(await store.list(), [])
    for (const name of ['b', 'C', 'a']) await store.insert(client(`id-${name}`, { name }))
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['a', 'b', 'C'],
    )
  },
  async 'inserts nothing if the ID exists, and accepts one of fifty concurrent inserts'(store) {
    const results = await repeat50Times((index) => store.insert(client('a', { name: `by ${index}` })))
    assert.deepEqual(results.filter(Boolean), [true])
    assert.equal((await store.find('a'))?.name, `by ${results.indexOf(true)}`)
  },
  async 'updates only the client with this ID'(store) {
    await store.insert(client('a'))
    await store.insert(client('b', { allowedGroupIds: ['g1'] }))
    assert.equal(await store.update({ ...complete, id: 'a' }), true)
    assert.deepEqual(await store.find('a'), { ...complete, id: 'a' })
    assert.deepEqual(await store.find('b'), client('b', { allowedGroupIds: ['g1'] }))
    await store.update(client('a', { allowedGroupIds: ['g2', 'g3'] }))
    assert.deepEqual(await store.findForUpdate('a'), client('a', { allowedGroupIds: ['g2', 'g3'] }))
    assert.deepEqual(
      (await store.list()).map(({ allowedGroupIds }) => allowedGroupIds),
      [['g2', 'g3'], ['g1']],
    )
  },
  async 'lists exactly the clients that allow a group'(store) {
    await store.insert(client('a', { allowedGroupIds: ['g1', 'g2'] }))
    await store.insert(client('b', { name: 'B', allowedGroupIds: ['g2'] }))
    await store.insert(client('c', { name: 'A' }))
    await store.setAllowedTo('g1', ['b', 'c', 'b', 'unknown', 'nul\0'])
    assert.deepEqual(
      (await store.list()).map(({ id, allowedGroupIds }) => [id, allowedGroupIds]),
      [
        ['a', ['g2']],
        ['c', ['g1']],
        ['b', ['g1', 'g2']],
      ],
    )
    const { allowedGroupIds: _, ...first } = client('c', { name: 'A' })
    const allowed = await store.allowedTo('g1')
    assert.deepEqual(
      allowed.map(({ id }) => id),
      ['c', 'b'],
    )
    assert.deepEqual(allowed[0], first)
    await store.setAllowedTo('g1', [])
    assert.deepEqual(await store.allowedTo('g1'), [])
  },
  async 'removes the allowed groups with the client'(store) {
    await store.insert(client('a', { allowedGroupIds: ['g1'] }))
    await store.remove('a')
    assert.deepEqual(await store.allowedTo('g1'), [])
    await store.insert(client('a'))
    assert.deepEqual((await store.find('a'))?.allowedGroupIds, [])
  },
  async 'records the use of PKCE without other changes'(store) {
    await store.insert(client('a'))
    await store.insert(client('b'))
    await store.recordPkceSupport('a')
    assert.deepEqual(await store.find('a'), client('a', { pkceSupported: true }))
    assert.deepEqual(await store.find('b'), client('b'))
  },
  async 'finds no client with an ID that the database cannot store'(store) {
    assert.equal(await store.find('nul\0'), undefined)
    assert.equal(await store.remove('nul\0'), false)
  },
  async 'does not create a client by an update'(store) {
    assert.equal(await store.update(client('a')), false)
    assert.equal(await store.find('a'), undefined)
  },
  async 'removes a client, and returns whether it existed'(store) {
    await store.insert(client('a'))
    await store.insert(client('b'))
    assert.equal(await store.remove('a'), true)
    assert.equal(await store.remove('a'), false)
    assert.deepEqual(
      (await store.list()).map(({ id }) => id),
      ['b'],
    )
  },
})
