import { describe, expect, test } from '@jest/globals'
import { createPublicFetch } from '@pocket/core'
import { startHttpServer } from '@pocket/test-support'
import { decodeProtectedHeader } from 'jose'
import { verifyJwt } from '../flows/requests.ts'
import { endSession, isLoggedIn, postLogoutRedirectUri, startLoggedIn } from './logout.ts'

/** The back-channel logout endpoint of the conformance suite. */
async function startBackChannel() {
  const received: { method: string | undefined; contentType: string | undefined; form: URLSearchParams }[] = []
  const server = await startHttpServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    received.push({ method: req.method, contentType: req.headers['content-type'], form })
    res.end()
  })
  return {
    url: `${server.url}/backchannel_logout`,
    received,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('oidcc-backchannel-rp-initiated-logout-certification-test-plan', () => {
  test('oidcc-backchannel-rp-initiated-logout', async () => {
    await using channel = await startBackChannel()
    const allowed = { protocol: { fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] }) } }
    const protocol = { backchannelLogoutUri: channel.url, backchannelLogoutSessionRequired: true }
    await using session = await startLoggedIn({ options: allowed }, { protocol })
    const { party, login } = session
    const { host, client } = party
    expect(login.claims.sid).toEqual(expect.any(String))
    const parameters = { id_token_hint: login.idToken, post_logout_redirect_uri: postLogoutRedirectUri, state: 's' }
    const response = await endSession(party, parameters)
    expect(response.location).toBe(`${postLogoutRedirectUri}?state=s`)
    expect(await isLoggedIn(party)).toBe(false)
    await host.pocket[Symbol.asyncDispose]()

    expect(channel.received).toMatchObject([{ method: 'POST', contentType: 'application/x-www-form-urlencoded' }])
    expect([...(channel.received[0]?.form.keys() ?? [])]).toEqual(['logout_token'])
    const token = channel.received[0]?.form.get('logout_token') ?? ''
    const { alg, typ } = decodeProtectedHeader(token)
    expect([alg, typ]).toEqual([decodeProtectedHeader(login.idToken).alg, 'logout+jwt'])
    const { payload } = await verifyJwt(host, token, {
      audience: client.id,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
    })
    expect(payload).toMatchObject({
      sub: login.claims.sub,
      sid: login.claims.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload).not.toHaveProperty('nonce')
  })
})
