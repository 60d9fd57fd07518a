import { expect, test } from '@jest/globals'
import { memoryStores } from '../../src/memory/index.ts'
import { startHost } from './host.ts'

test('a read of the keys that began before a rotation does not bring the old keys back', async () => {
  const stores = memoryStores()
  await using host = await startHost({ stores })
  const fetchKids = async () => {
    const response = await fetch(`${host.issuer}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { readonly keys: readonly { readonly kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const before = await fetchKids()
  const started = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  stores.keys.listCached = async () => {
    // No later read may correct the keys.
    stores.keys.listCached = () => new Promise(() => {})
    const keys = await stores.keys.list()
    started.resolve()
    await gate.promise
    return keys
  }
  host.clock.pass(1000)
  const during = fetchKids()
  await started.promise
  const replaced = await host.pocket.replaceKeys(before, { immediately: true })
  expect(replaced.length).toBeGreaterThan(0)
  gate.resolve()
  await during
  expect((await fetchKids()).filter((kid) => before.includes(kid))).toEqual(replaced.map(({ kid }) => kid))
})

test('serves the known keys while they cannot be read', async () => {
  const stores = memoryStores()
  await using host = await startHost({ stores })
  const fetchJwks = async () => (await fetch(`${host.issuer}/.well-known/jwks.json`)).text()
  const before = await fetchJwks()
  stores.keys.listCached = () => Promise.reject(new Error('The stores are away.'))
  host.clock.pass(1000)
  expect(await fetchJwks()).toBe(before)
  expect(host.errors.map(String)).toEqual(['Error: The stores are away.'])
  host.errors.length = 0
  stores.keys.listCached = () => new Promise(() => {})
  host.clock.pass(2000)
  expect(await fetchJwks()).toBe(before)
})
