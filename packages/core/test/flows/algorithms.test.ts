import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader } from 'jose'
import * as oidc from 'openid-client'
import { shareHost } from './host.ts'
import { login, relyingParty } from './login.ts'
import { sendForm, verifyJwt } from './requests.ts'

const host = shareHost()

describe.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('a client that uses %s', (alg) => {
  test('gets ID tokens, UserInfo, introspection and authorization responses signed with it', async () => {
    const { configuration, client, secret } = await relyingParty(host, {
      protocol: {
        idTokenSignedResponseAlg: alg,
        userinfoSignedResponseAlg: alg,
        introspectionSignedResponseAlg: alg,
        authorizationSignedResponseAlg: alg,
      },
      metadata: {
        id_token_signed_response_alg: alg,
        userinfo_signed_response_alg: alg,
        authorization_signed_response_alg: alg,
      },
      setUp: (each) => {
        oidc.useJwtResponseMode(each)
        oidc.enableNonRepudiationChecks(each)
      },
    })
    const { account, page, finish } = await login(host, configuration)
    const response = new URL(page.location ?? '').searchParams.get('response') ?? ''
    expect(decodeProtectedHeader(response)).toMatchObject({ alg, kid: expect.any(String) })
    const tokens = await finish()
    expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg })
    expect(tokens.claims()?.at_hash).toBe(accessTokenHash(alg, tokens.access_token))
    const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(refreshed.claims()?.at_hash).toBe(accessTokenHash(alg, refreshed.access_token))
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).toMatchObject({ sub: account.id })
    const result = await sendForm(
      host,
      'introspect',
      { token: refreshed.access_token, client_id: client.id, client_secret: secret },
      { accept: 'application/token-introspection+jwt' },
    )
    const { payload } = await verifyJwt(host, await result.text(), { algorithms: [alg] })
    expect(payload).toMatchObject({ token_introspection: { active: true } })
  })
})

/** OpenID Connect Core §3.1.3.6. */
function accessTokenHash(alg: string, accessToken: string): string {
  const hash = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken)
    .digest()
  return hash.subarray(0, hash.byteLength / 2).toString('base64url')
}

describe('a JWT access token', () => {
  test.each(['public', 'pairwise'] as const)(
    'is a JWT with the claims of RFC 9068 (%s subjects)',
    async (subjectType) => {
      const { configuration, client } = await relyingParty(host, { protocol: { jwtAccessTokens: true, subjectType } })
      const { finish } = await login(host, configuration)
      const tokens = await finish()
      const { payload } = await verifyJwt(host, tokens.access_token, { audience: client.id, typ: 'at+jwt' })
      const sub = tokens.claims()?.sub ?? ''
      expect(payload).toEqual({
        iss: host.issuer,
        sub,
        client_id: client.id,
        aud: [client.id, host.issuer],
        scope: 'openid profile email groups',
        scp: ['openid', 'profile', 'email', 'groups'],
        iat: expect.any(Number),
        exp: (payload.iat ?? 0) + 3600,
        jti: expect.any(String),
      })
      expect(await oidc.fetchUserInfo(configuration, tokens.access_token, sub)).toMatchObject({ sub })
      expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({
        active: true,
        iss: host.issuer,
        sub,
        username: sub,
        client_id: client.id,
        aud: [client.id, host.issuer],
        scope: 'openid profile email groups',
        token_type: 'Bearer',
        iat: payload.iat,
        exp: payload.exp,
      })
      await oidc.tokenRevocation(configuration, tokens.refresh_token ?? '')
      await expect(oidc.fetchUserInfo(configuration, tokens.access_token, sub)).rejects.toThrow()
      expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
    },
  )

  test('can be revoked by its client, and neither introspected nor revoked by another', async () => {
    const { configuration, client } = await relyingParty(host, { protocol: { jwtAccessTokens: true } })
    const { configuration: other } = await relyingParty(host)
    const { finish, account } = await login(host, configuration)
    const { access_token: token, refresh_token: refreshToken = '' } = await finish()
    expect(await oidc.tokenIntrospection(other, token)).toEqual({ active: false })
    // Basic authentication with the client secret, with or without `client_id` in the body.
    for (const fields of [{}, { client_id: client.id }]) {
      const response = await sendForm(host, 'introspect', { token, ...fields }, { authorization: `Bearer ${token}` })
      expect([response.status, await response.json()]).toMatchObject([200, { active: true }])
    }
    await oidc.tokenRevocation(other, token)
    expect(await oidc.tokenIntrospection(configuration, token)).toMatchObject({ active: true })
    const revoked = { event: 'token_revoked', kind: 'AccessToken', clientId: client.id, accountId: account.id }
    expect(host.events).not.toContainEqual(revoked)
    await oidc.tokenRevocation(configuration, token)
    expect(host.events).toContainEqual(revoked)
    expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })
    await expect(oidc.fetchUserInfo(configuration, token, account.id)).rejects.toThrow()
    await expect(oidc.refreshTokenGrant(configuration, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
    const [header = '', , signature = ''] = token.split('.')
    const created = Buffer.from(JSON.stringify({ aud: 'x', client_id: 'x' })).toString('base64url')
    expect(await oidc.tokenIntrospection(configuration, [header, created, signature].join('.'))).toEqual({
      active: false,
    })
  })

  test('is opaque unless the client requests another format', async () => {
    const { configuration } = await relyingParty(host)
    const { finish } = await login(host, configuration)
    expect((await finish()).access_token).not.toContain('.')
  })
})

test('pairwise subjects are equal within a sector and different across sectors', async () => {
  const person = await host.person('ada')
  const readSubject = async (redirect: string) => {
    const { configuration } = await relyingParty(host, {
      client: { redirectUris: [redirect] },
      protocol: { subjectType: 'pairwise' },
    })
    const { finish } = await login(host, configuration, { redirect_uri: redirect }, { person })
    return (await finish()).claims()?.sub
  }
  const subject = await readSubject('https://app.example/callback')
  expect(subject).not.toBe(person.account.id)
  expect(await readSubject('https://app.example/another')).toBe(subject)
  expect(await readSubject('https://other.example/')).not.toBe(subject)
})
