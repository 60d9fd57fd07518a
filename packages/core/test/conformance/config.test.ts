import { describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, type JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { startHost } from '../flows/host.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

describe('oidcc-config-certification-test-plan', () => {
  test('oidcc-discovery-endpoint-verification', async () => {
    await using host = await startHost()
    const issuer = new URL(host.issuer)
    const response = await oauth.discoveryRequest(issuer, insecure)
    expect([response.status, response.headers.get('content-type')]).toMatchObject([
      200,
      expect.stringMatching(/^application\/json/),
    ])
    const metadata = await oauth.processDiscoveryResponse(issuer, response)
    expect(metadata).toMatchObject({
      issuer: host.issuer,
      response_types_supported: expect.arrayContaining(['code']),
      subject_types_supported: expect.arrayContaining(['public']),
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      scopes_supported: expect.arrayContaining(['openid']),
      claims_supported: expect.arrayContaining(['sub', 'name', 'email']),
      claim_types_supported: expect.arrayContaining(['normal']),
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
      code_challenge_methods_supported: ['S256'],
      claims_parameter_supported: true,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    })
    for (const [name, value] of Object.entries(metadata)) {
      if (/_values_supported$|_methods_supported$|_types_supported$/.test(name))
        expect(new Set([value].flat()).size).toBe([value].flat().length)
      if (/_endpoint$|_uri$/.test(name)) expect(new URL(String(value)).origin).toBe(host.issuer)
      expect([name, value]).not.toEqual([name, null])
    }
    const ours = Object.entries(metadata).filter(([name]) =>
      /^(id_token|userinfo|authorization|request_object)_signing/.test(name),
    )
    expect(ours).toHaveLength(4)
    expect(JSON.stringify(ours)).not.toMatch(/none|HS\d/)
  })

  test('oidcc-discovery-endpoint-verification: the keys', async () => {
    await using host = await startHost()
    const { jwks_uri = '' } = await oauth.processDiscoveryResponse(
      new URL(host.issuer),
      await oauth.discoveryRequest(new URL(host.issuer), insecure),
    )
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: JWK[] }
    expect(keys.length).toBeGreaterThan(0)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), kty: expect.stringMatching(/^(RSA|EC|OKP)$/), use: 'sig' })
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(key).not.toHaveProperty(secret)
      await expect(calculateJwkThumbprint(key)).resolves.toEqual(expect.any(String))
    }
  })

  test.each([
    ['oidcc-rp-initiated-logout-discovery-endpoint-verification', { end_session_endpoint: expect.any(String) }],
    [
      'oidcc-backchannel-logout-discovery-endpoint-verification',
      { backchannel_logout_supported: true, backchannel_logout_session_supported: true },
    ],
    [
      'oidcc-formpost-discovery-endpoint-verification',
      { response_modes_supported: expect.arrayContaining(['form_post']) },
    ],
  ])('%s', async (_module, expected) => {
    await using host = await startHost()
    const issuer = new URL(host.issuer)
    const metadata = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    expect(metadata).toMatchObject(expected)
  })
})
