import { expect, test } from '@jest/globals'
import { createPocket, defaultKeySchedule, type ProtocolOptions } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { startHost } from './host.ts'

const service_documentation = 'https://docs.example.com'

test('exposes the library and its configuration, even after a key rotation', async () => {
  const configuration: ProtocolOptions['configuration'] = (ours) => ({
    ...ours,
    discovery: { ...ours.discovery, service_documentation },
  })
  await using host = await startHost({ options: { protocol: { configuration } } })
  const metadata = async () => (await fetch(`${host.issuer}/.well-known/openid-configuration`)).json()
  const first = host.pocket.provider()
  expect([first.issuer, await metadata()]).toEqual([host.issuer, expect.objectContaining({ service_documentation })])
  host.clock.pass(defaultKeySchedule.signingPeriod - defaultKeySchedule.announcementPeriod)
  await host.pocket.rotateKeys()
  host.clock.pass(defaultKeySchedule.announcementPeriod)
  await host.pocket.rotateKeys()
  expect(host.pocket.provider()).not.toBe(first)
  expect(await metadata()).toMatchObject({ service_documentation })
})

test.each<readonly [string, NonNullable<ProtocolOptions['configuration']>]>([
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  ['returns nothing', () => undefined as never],
  ['returns a value that the library rejects', (ours) => ({ ...ours, responseTypes: ['nonsense' as never] })],
])('reports a configuration that %s', async (_name, configuration) => {
  const accounts = { find: async () => undefined }
  const created = createPocket({
    issuer: 'http://localhost:3000',
    masterKey: 'x'.repeat(16),
    accounts,
    stores: memoryStores(),
    protocol: { configuration },
  })
  await expect(created).rejects.toMatchObject({ code: 'misconfigured', fields: [{ field: 'protocol.configuration' }] })
})
