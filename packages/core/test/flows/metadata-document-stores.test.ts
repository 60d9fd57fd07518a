import { describe, expect, test } from '@jest/globals'
import type { PublicFetch } from '@pocket/core'
import { storeKinds } from '../contracts/store-kinds.ts'
import { hour, startHost } from './host.ts'

const id = 'https://app.example/client.json'
const document = { client_id: id, client_name: 'Documented', redirect_uris: ['https://app.example/callback'] }

describe.each(Object.entries(storeKinds))('over %s', (_kind, open) => {
  test('twenty concurrent requests create one client from a document, and a changed document revokes consents', async () => {
    await using database = await open()
    const stores = await database.empty()
    let served: object = document
    const fetchDocument: PublicFetch = async () => Response.json(served)
    const policy = { mode: 'off', restrictToGroups: false, documentPatterns: ['*'] } as const
    await using host = await startHost({
      stores,
      options: { protocol: { fetch: fetchDocument, clientRegistration: async () => policy } },
    })
    const query = new URLSearchParams({ client_id: id, response_type: 'code', scope: 'openid', prompt: 'none' })
    query.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    query.set('code_challenge_method', 'S256')
    query.set('redirect_uri', 'https://app.example/callback')
    const sendRequest = async () =>
      (await fetch(`${host.issuer}/authorize?${query}`, { redirect: 'manual' })).headers.get('location')
    const results = await Promise.all(Array.from({ length: 20 }, sendRequest))
    expect(results.every((location) => location?.includes('error=login_required'))).toBe(true)
    expect(host.events.filter(({ event }) => event === 'client_registered')).toHaveLength(1)
    expect(await stores.clients.find(id)).toMatchObject({ type: 'cimd', name: 'Documented', isPublic: true })

    await stores.consents.allow('ada', id, ['openid'], 1)
    served = { ...document, redirect_uris: [...document.redirect_uris, 'https://app.example/other'] }
    host.clock.pass(hour)
    expect(await sendRequest()).toContain('error=login_required')
    expect(await stores.consents.find('ada', id)).toBeUndefined()
    expect((await stores.clients.find(id))?.redirectUris).toHaveLength(2)
    expect(host.errors).toEqual([])
  })
})
