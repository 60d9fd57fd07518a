import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { createPublicFetch, type Pocket } from '@pocket/core'
import { OutboundError } from '@pocket/core/errors'
import { startHost } from '../flows/host.ts'

interface KeyReader {
  readonly asymmetricKeyStore: { refresh(): Promise<void> }
}

/** Fetches the keys of a client that publishes them at this URL. */
async function readKeys(pocket: Pocket, url: string): Promise<void> {
  const Client = pocket.provider().Client as unknown as new (metadata: object) => KeyReader
  const metadata = { client_id: 'a', redirect_uris: ['https://client.example'], token_endpoint_auth_method: 'none' }
  await new Client({ ...metadata, jwks_uri: url }).asymmetricKeyStore.refresh()
}

test('the protocol library fetches client URLs through the guarded fetch', async () => {
  let requestCount = 0
  await using server = createServer((_req, res) => {
    requestCount++
    res.end('{"keys":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  await using refusing = await startHost()
  await expect(readKeys(refusing.pocket, url)).rejects.toMatchObject({ cause: expect.any(OutboundError) })
  expect(requestCount).toBe(0)

  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
  await using allowing = await startHost({ options: { protocol: { fetch } } })
  await readKeys(allowing.pocket, url)
  expect(requestCount).toBe(1)
})
