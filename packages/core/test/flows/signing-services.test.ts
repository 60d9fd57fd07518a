import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createPocket, defaultKeySchedule, type ExternalSigningKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { startHost } from './host.ts'
import { login, relyingParty } from './login.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rs256: ExternalSigningKey = {
  algorithm: 'RS256',
  publicKey: rsa.publicKey,
  sign: async (data) => sign('sha256', data, rsa.privateKey),
}
const es256: ExternalSigningKey = {
  algorithm: 'ES256',
  publicKey: ec.publicKey.export({ format: 'jwk' }),
  sign: async (data) => sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
}

describe('external signing services', () => {
  test.each(['RS256', 'ES256'] as const)(
    'sign ID tokens and access tokens with %s, and core stores no key',
    async (alg) => {
      const stores = memoryStores()
      await using host = await startHost({ stores, options: { signingKeys: { external: [rs256, es256] } } })
      const before = await stores.keys.list()
      const { configuration, client } = await relyingParty(host, {
        protocol: { idTokenSignedResponseAlg: alg, jwtAccessTokens: true },
        metadata: { id_token_signed_response_alg: alg },
      })
      expect(configuration.serverMetadata().id_token_signing_alg_values_supported).toEqual(['RS256', 'ES256'])
      const { keys } = (await (await fetch(`${host.issuer}/.well-known/jwks.json`)).json()) as { keys: object[] }
      expect(keys.map((key) => Object.keys(key))).toEqual([
        expect.not.arrayContaining(['d']),
        expect.not.arrayContaining(['d']),
      ])
      const { finish, account } = await login(host, configuration)
      const tokens = await finish()
      const jwks = createRemoteJWKSet(new URL(`${host.issuer}/.well-known/jwks.json`))
      for (const token of [tokens.id_token, tokens.access_token]) {
        const { protectedHeader, payload } = await jwtVerify(token ?? '', jwks, { issuer: host.issuer })
        expect([protectedHeader.alg, payload.sub]).toEqual([alg, account.id])
        expect([payload.aud].flat()).toContain(client.id)
      }
      await host.pocket.rotateKeys()
      expect(await stores.keys.list()).toEqual(before)
    },
  )

  test.each([
    ['throws', () => Promise.reject(new Error('the HSM is locked'))],
    ['hangs', () => new Promise<Uint8Array>(() => {})],
  ])('issue no token if a service %s, with an audit event', async (_name, broken) => {
    await using host = await startHost({
      options: { signingKeys: { external: [{ ...rs256, sign: broken }] }, limits: { hookTimeout: 50 } },
    })
    const { configuration } = await relyingParty(host)
    const { finish } = await login(host, configuration)
    await expect(finish()).rejects.toThrow()
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'signingKeys.external' } }])
    expect(host.events.at(-1)).toMatchObject({ event: 'request_refused', endpoint: 'token', code: 'misconfigured' })
  })

  test.each([
    ['without RS256', [es256], 'required'],
    ['with the key of another algorithm', [{ ...rs256, publicKey: ec.publicKey }], 'contradiction'],
    ['with no key at all', [{ ...rs256, publicKey: {} }], 'invalid_format'],
    ['without a method', [{ ...rs256, sign: undefined }], 'invalid_type'],
  ])('cannot be %s', async (_name, signingServices, code) => {
    const failed = createPocket({
      issuer: 'http://localhost',
      masterKey: 'a master key that is long enough',
      accounts: { find: async () => undefined },
      stores: memoryStores(),
      signingKeys: { external: signingServices as ExternalSigningKey[] },
    })
    await expect(failed).rejects.toMatchObject({ fields: [{ field: 'signingKeys.external', code }] })
  })

  test('reject a key schedule, because they rotate their own keys', async () => {
    const failed = createPocket({
      issuer: 'http://localhost',
      masterKey: 'a master key that is long enough',
      accounts: { find: async () => undefined },
      stores: memoryStores(),
      signingKeys: { external: [rs256], schedule: defaultKeySchedule },
    })
    await expect(failed).rejects.toMatchObject({ fields: [{ field: 'signingKeys.external', code: 'contradiction' }] })
  })
})
