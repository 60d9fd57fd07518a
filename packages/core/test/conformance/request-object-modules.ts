import { expect, test } from '@jest/globals'
import { startHttpServer } from '@pocket/test-support'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { startHost } from '../flows/host.ts'
import { redirectUri } from '../flows/login.ts'
import {
  authorizationUrl,
  completeLogin,
  createParty,
  exchangeCode,
  expectRefusalPage,
  type ResponseMode,
  readAuthorizationResponse,
  sendAuthorizationRequest,
  startParty,
} from './party.ts'

/** The modules of both plans that pass the request as a request object or by `request_uri`. */
export function requestObjectModules(mode: ResponseMode): void {
  test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
    await using party = await startParty(mode)
    const requests: string[] = []
    await using elsewhere = await startRequestObjectServer(requests)
    const url = authorizationUrl(party, { request_uri: elsewhere.url })
    expect(party.configuration.serverMetadata().request_uri_parameter_supported).toBe(false)
    const response = await readAuthorizationResponse(await sendAuthorizationRequest(party, url))
    expect([response.get('error'), response.get('state')]).toEqual([
      'request_uri_not_supported',
      url.searchParams.get('state'),
    ])
    expect(response.has('code')).toBe(false)
    expect(requests).toEqual([])
  })

  test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
    await using party = await startParty(mode)
    const url = authorizationUrl(party, {}, ['nonce', 'state'])
    url.searchParams.set('request', encodeUnsigned({ ...Object.fromEntries(url.searchParams), state: 's', nonce: 'n' }))
    const metadata = party.configuration.serverMetadata()
    expect(metadata.request_object_signing_alg_values_supported).not.toContain('none')
    const response = await readAuthorizationResponse(await sendAuthorizationRequest(party, url))
    expect(response.get('error')).toMatch(/^(request_not_supported|invalid_request_object)$/)
    expect(response.has('code')).toBe(false)
  })

  test('oidcc-ensure-request-object-with-redirect-uri', async () => {
    await using host = await startHost()
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const jwk = await exportJWK(publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    const party = await createParty(host, { mode, protocol: { jwks: { keys: [{ ...jwk, kid, use: 'sig' }] } } })
    const url = authorizationUrl(party, { redirect_uri: 'https://app.example/not-registered' })
    const claims = { ...Object.fromEntries(url.searchParams), redirect_uri: redirectUri }
    const request = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(party.client.id)
      .setAudience(host.issuer)
      .setExpirationTime('1m')
      .sign(privateKey)
    url.searchParams.set('request', request)
    const { claims: received } = await exchangeCode(
      party,
      url,
      await completeLogin(party, await sendAuthorizationRequest(party, url)),
    )
    expect(received.sub).toBe(party.person.account.id)
    url.searchParams.set('request', encodeUnsigned(claims))
    expectRefusalPage(await sendAuthorizationRequest(party, url), 'invalid_redirect_uri')
  })
}

/** A URL at which a request object could be published. */
async function startRequestObjectServer(requests: string[]) {
  const server = await startHttpServer((req, res) => {
    requests.push(req.url ?? '')
    res.end(encodeUnsigned({}))
  })
  return {
    url: `${server.url}/request.jwt`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function encodeUnsigned(claims: object): string {
  const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encodePart({ alg: 'none' })}.${encodePart(claims)}.`
}
