import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { SynologyDsm } from '@pocket/test-support/relying-parties'
import { decide, freshHost, type Host, openBrowser, signIn, viewOf } from './host.ts'

const host = freshHost()

async function createDsm(
  host: Host,
  { typed = 'https://nas:5001', registered = ['https://nas:5001'], accounts = ['ada'] } = {},
) {
  const { client, secret } = await host.client({
    name: 'Synology DSM',
    redirectUris: registered,
    template: 'synology-dsm',
  })
  const dsm = new SynologyDsm({
    wellKnownUrl: `${host.issuer}/.well-known/openid-configuration`,
    clientId: client.id,
    clientSecret: secret,
    redirectUris: [typed],
    accounts,
  })
  await dsm.save()
  return { client, dsm, back: (url: string) => url.startsWith('https://nas') }
}

describe('Synology DSM', () => {
  test('signs in with passkey and consent the first time, and without a page the second time', async () => {
    const { authenticator, account } = await host.person('ada')
    const { dsm, back, client } = await createDsm(host)
    const agent = new UserAgent()

    const page = await agent.follow(await agent.get(dsm.begin().url))
    expect(viewOf(page)).toMatchObject({
      view: 'sign-in',
      client: { name: 'Synology DSM', destination: 'nas:5001' },
      reason: 'first',
    })
    const consent = await signIn(agent, page, authenticator)
    expect(viewOf(consent)).toMatchObject({
      view: 'consent',
      origin: { kind: 'administrator', host: null, isKnown: true, policyUri: null, tosUri: null },
      allowedBefore: false,
      claims: [
        { claim: 'name', value: 'ada Koch' },
        { claim: 'user_name', value: 'ada' },
        { claim: 'email', value: 'ada@example.com', verified: true },
      ],
    })
    const returned = await decide(agent, consent)
    expect(await dsm.finish(returned.location ?? '')).toEqual({ signedIn: true, accountName: 'ada' })

    const again = await agent.followTo(await agent.get(dsm.begin().url), back)
    expect(await dsm.finish(again)).toEqual({ signedIn: true, accountName: 'ada' })

    expect(host.events).toMatchObject([
      { event: 'signed_in', method: 'passkey', accountId: account.id },
      { event: 'consent_given', clientId: client.id, scopes: ['openid', 'profile', 'email'] },
      { event: 'client_authorized', clientId: client.id },
      { event: 'client_authorized', clientId: client.id },
    ])
  })

  test.each([
    ['https://nas:5001', 'https://nas:5001/'],
    ['https://nas:5001/', 'https://nas:5001'],
  ])('accepts %s if %s is registered', async (typed, registered) => {
    const { authenticator } = await host.person('ada')
    const { dsm } = await createDsm(host, { typed, registered: [registered] })
    const { agent, page } = await openBrowser(dsm.begin().url)
    const returned = await decide(agent, await signIn(agent, page, authenticator))
    expect(await dsm.finish(returned.location ?? '')).toMatchObject({ signedIn: true })
  })

  test('accepts each of several registered redirect URIs', async () => {
    const { authenticator } = await host.person('ada')
    const addresses = ['https://nas:5001', 'https://nas.example.com', 'https://photos.example.com/'] as const
    const { client, secret } = await host.client({ redirectUris: [...addresses] })
    const wellKnownUrl = `${host.issuer}/.well-known/openid-configuration`
    const dsm = new SynologyDsm({
      wellKnownUrl,
      clientId: client.id,
      clientSecret: secret,
      redirectUris: addresses,
      accounts: ['ada'],
    })
    await dsm.save()
    for (const address of addresses) {
      const { agent, page } = await openBrowser(dsm.begin({ host: new URL(address).host }).url)
      const next = await signIn(agent, page, authenticator)
      const returned = next.location ? next : await decide(agent, next)
      expect(await dsm.finish(returned.location ?? '')).toEqual({ signedIn: true, accountName: 'ada' })
    }
  })

  test('reports a user name that DSM does not know, and does not sign in', async () => {
    const { authenticator } = await host.person('eve')
    const { dsm } = await createDsm(host, { accounts: ['ada'] })
    const { agent, page } = await openBrowser(dsm.begin().url)
    const returned = await decide(agent, await signIn(agent, page, authenticator))
    expect(await dsm.finish(returned.location ?? '')).toMatchObject({ signedIn: false, accountName: 'eve' })
  })

  test.each([
    ['https://nas:5001/#/signin', 'redirect_uri_has_fragment'],
    ['https://nas:5001/callback/', 'invalid_redirect_uri'],
    ['https://nas:5001.evil.example', 'invalid_redirect_uri'],
    ['https://nas:5002', 'invalid_redirect_uri'],
    ['http://nas:5001', 'invalid_redirect_uri'],
  ])('rejects %s on an error page', async (typed, code) => {
    const { dsm } = await createDsm(host, { typed, registered: ['https://nas:5001', 'https://nas:5001/callback'] })
    const agent = new UserAgent()
    const page = await agent.get(dsm.begin().url)
    expect(page.status).toBe(400)
    expect(viewOf(page)).toMatchObject({ view: 'error', code, details: { received: typed } })
    expect(host.events).toMatchObject([{ event: 'authorization_refused', code: 'invalid_redirect_uri' }])
  })

  test('Cancel on the consent page returns access_denied to the client', async () => {
    const { authenticator } = await host.person('ada')
    const { dsm } = await createDsm(host)
    const { agent, page } = await openBrowser(dsm.begin().url)
    const returned = await decide(agent, await signIn(agent, page, authenticator), 'cancelTo')
    const result = new URL(returned.location ?? '').searchParams
    expect(result.get('error')).toBe('access_denied')
    expect(result.get('iss')).toBe(host.issuer)
  })
})
