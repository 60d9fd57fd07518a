import { expect, test } from '@jest/globals'
import * as oidc from 'openid-client'
import { shareHost } from './host.ts'
import { expectRefusal, relyingParty } from './login.ts'
import { verifyJwt } from './requests.ts'

const host = shareHost()

async function verifyClaims(token: string) {
  return (await verifyJwt(host, token, { typ: 'at+jwt' })).payload
}

test.each([undefined, 'openid profile'])(
  'issues a JWT without scopes if no API is requested: scope %s',
  async (scope) => {
    const { client, configuration } = await relyingParty(host)
    const { access_token: token, expires_in } = await oidc.clientCredentialsGrant(configuration, scope ? { scope } : {})
    expect(expires_in).toBe(3600)
    expect(await verifyClaims(token)).toMatchObject({
      sub: `client-${client.id}`,
      client_id: client.id,
      aud: [client.id],
      scope: '',
      scp: [],
      jti: expect.any(String),
    })
  },
)

test.each([{}, { opaqueClientCredentials: true }])(
  'can be introspected and revoked by its client: %j',
  async (protocol) => {
    const { client, configuration } = await relyingParty(host, { protocol })
    const { access_token: token } = await oidc.clientCredentialsGrant(configuration)
    expect(token.split('.')).toHaveLength('opaqueClientCredentials' in protocol ? 1 : 3)
    const subject = `client-${client.id}`
    expect(await oidc.tokenIntrospection(configuration, token)).toMatchObject({
      active: true,
      sub: subject,
      username: subject,
      aud: [client.id],
      client_id: client.id,
    })
    const { configuration: other } = await relyingParty(host)
    expect(await oidc.tokenIntrospection(other, token)).toEqual({ active: false })
    await oidc.tokenRevocation(configuration, token)
    expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })
  },
)

test('rejects an unknown scope', async () => {
  const { configuration } = await relyingParty(host)
  await expectRefusal(oidc.clientCredentialsGrant(configuration, { scope: 'openid foo' }), 'invalid_scope')
})

test('drops a default scope of the client', async () => {
  const { configuration } = await relyingParty(host, { protocol: { defaultScopes: ['groups', 'custom'] } })
  const { access_token: token } = await oidc.clientCredentialsGrant(configuration, { scope: 'custom' })
  expect(await verifyClaims(token)).toMatchObject({ scope: '' })
})
