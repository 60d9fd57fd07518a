import { expect, test } from '@jest/globals'
import type { AuthorizationDetailsTypes } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { accessToApi } from './api-fixture.ts'
import { decide, followRedirects, type Host, signIn, startHost, viewOf } from './host.ts'
import { redirectUri, relyingParty } from './login.ts'
import { redirectParameters } from './requests.ts'

const resource = 'https://bank.example/'
const types: AuthorizationDetailsTypes = {
  payment: {
    validate: (detail) => (typeof detail.amount === 'number' ? undefined : 'no amount'),
    describe: (detail) => `Pay ${detail.amount} €`,
  },
  other: { validate: () => undefined },
}

async function createFixture(host: Host) {
  const { client, configuration } = await relyingParty(host, { protocol: { authorizationDetailsTypes: ['payment'] } })
  const api = await host.pocket.apis.create({ name: 'Bank', resource, accessTokenFormat: 'opaque' })
  await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, []))
  const agent = new UserAgent()
  const authorize = (details: unknown) => {
    const fields = {
      redirect_uri: redirectUri,
      scope: 'openid',
      resource,
      authorization_details: JSON.stringify(details),
    }
    return agent.get(oidc.buildAuthorizationUrl(configuration, fields).href)
  }
  return { agent, configuration, authorize }
}

test('shows the authorization details on the consent page, and includes them in the token', async () => {
  await using host = await startHost({ options: { protocol: { authorizationDetailsTypes: types } } })
  const { agent, configuration, authorize } = await createFixture(host)
  const { authenticator } = await host.person('ada')
  const details = [{ type: 'payment', amount: 10 }]
  const shown = await signIn(agent, await agent.follow(await authorize(details)), authenticator)
  expect(viewOf(shown)).toMatchObject({
    view: 'consent',
    authorizationDetails: [{ type: 'payment', description: 'Pay 10 €', json: JSON.stringify(details[0], null, 2) }],
  })
  const returned = await decide(agent, shown)
  const tokens = await oidc.authorizationCodeGrant(configuration, new URL(returned.location ?? ''))
  expect(tokens.authorization_details).toEqual(details)
  expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toMatchObject({
    authorization_details: details,
  })
  const again = await followRedirects(agent, await authorize(details))
  expect(viewOf(again)).toMatchObject({ view: 'consent' })
  expect(host.errors).toEqual([])
})

test.each([
  [[{ type: 'payment' }], 'no amount'],
  [[{ type: 'other' }], 'not allowed for this client'],
  [[{ type: 'unknown' }], 'unsupported authorization details type'],
])('rejects %j', async (details, reason) => {
  await using host = await startHost({ options: { protocol: { authorizationDetailsTypes: types } } })
  const { agent, authorize } = await createFixture(host)
  const { error, error_description } = redirectParameters(await followRedirects(agent, await authorize(details)))
  expect([error, error_description]).toEqual(['invalid_authorization_details', expect.stringContaining(reason)])
})

test('advertises authorization details types if the host offers them', async () => {
  const fetchSupportedTypes = async (options: Parameters<typeof startHost>[0]) => {
    await using host = await startHost(options)
    const metadata = (await (await fetch(`${host.issuer}/.well-known/openid-configuration`)).json()) as object
    return Reflect.get(metadata, 'authorization_details_types_supported')
  }
  expect(await fetchSupportedTypes({})).toBeUndefined()
  expect(await fetchSupportedTypes({ options: { protocol: { authorizationDetailsTypes: types } } })).toEqual([
    'payment',
    'other',
  ])
})
