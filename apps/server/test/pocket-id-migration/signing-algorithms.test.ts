import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { createEmptyMachine } from '../backup/test-instance.ts'
import { startApp } from '../http/app.ts'
import { createSource, facts } from './fixture.ts'
import { replaceSigningKey } from './source-signing-key.ts'

const machineSecret = facts.clients.find(({ id }) => id === 'machine')?.secrets.find(({ works }) => works)?.value ?? ''

function decodeHeader(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

async function migrate(alg: string, env: Readonly<Record<string, string>> = {}) {
  await using stack = new AsyncDisposableStack()
  const source = stack.use(await createSource('SQLite'))
  const key = replaceSigningKey(source.source, alg)
  const machine = stack.use(await createEmptyMachine('SQLite'))
  const keyFile = machine.path('old-key')
  await writeFile(keyFile, facts.encryptionKey)
  const command = ['migrate-from-pocket-id', source.source, '--encryption-key-file', keyFile, '--json']
  const { exit, stdout, stderr } = await machine.with(env).run(command)
  expect([exit, stderr]).toEqual([0, ''])
  const target = stack.use(await startApp({ ...machine.env, STATIC_API_KEY: 'a static API key for tests' }))
  const { keys } = (await (await fetch(`${target.url}/.well-known/jwks.json`)).json()) as { keys: PublicKey[] }
  const response = await fetch(`${target.url}/api/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'machine',
      client_secret: machineSecret,
      resource: 'https://api.example.com/orders',
    }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  const header = decodeHeader(token)
  const listed = await fetch(`${target.url}/api/signing-keys`, {
    headers: { 'X-API-Key': 'a static API key for tests' },
  })
  const disposables = stack.move()
  return {
    url: target.url,
    key,
    keys,
    header,
    report: JSON.parse(stdout.toString()) as Report,
    listed: await listed.json(),
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

interface PublicKey extends Readonly<Record<string, unknown>> {
  readonly kid: string
  readonly alg: string
}

interface Report {
  readonly counts: Readonly<Record<string, object>>
  readonly findings: readonly Readonly<Record<string, string>>[]
  readonly notes: readonly string[]
}

test.each(['RS384', 'RS512', 'ES384', 'ES512'])(
  'publishes a key of %s so that old tokens verify, and signs with RS256',
  async (alg) => {
    await using migrated = await migrate(alg)
    const { key, keys, header, report, listed } = migrated
    const published = keys.find(({ kid }) => kid === key.kid)
    expect(published).toMatchObject({ alg, use: 'sig' })
    expect(published).not.toHaveProperty('d')
    const publicKey: KeyObject = createPublicKey({ key: { ...published }, format: 'jwk' })
    const digest = `sha${alg.slice(2)}`
    expect(
      verify(
        digest,
        Buffer.from('an old token'),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        key.sign('an old token'),
      ),
    ).toBe(true)
    expect(keys[0]).toMatchObject({ alg: 'RS256' })
    expect(header).toMatchObject({ alg: 'RS256' })
    expect(report.counts['signing key']).toEqual({ found: 1, migrated: 1 })
    expect(report.findings).toContainEqual(
      expect.objectContaining({ subject: 'signing key', outcome: 'changed', reason: expect.stringContaining(alg) }),
    )
    expect(listed).toContainEqual(expect.objectContaining({ kid: key.kid, algorithm: alg, status: 'previous' }))
  },
)

test.each(['ES256', 'EdDSA'])('continues to sign tokens for APIs with a key of %s', async (alg) => {
  await using migrated = await migrate(alg)
  expect(migrated.header).toMatchObject({ alg, kid: migrated.key.kid })
})

test.each(['ES256', 'EdDSA'])('signs tokens of new clients with a migrated key of %s too', async (alg) => {
  await using migrated = await migrate(alg)
  expect(migrated.report.notes.join('\n')).not.toContain('SIGNING_ALGORITHM')
  const post = async (path: string, body: object) => {
    const headers = { 'X-API-Key': 'a static API key for tests', 'Content-Type': 'application/json' }
    const response = await fetch(migrated.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as Readonly<Record<string, string>>
  }
  const { id = '' } = await post('/api/oidc/clients', { name: 'New', callbackURLs: ['https://new.example.com/cb'] })
  const { secret = '' } = await post(`/api/oidc/clients/${id}/secret`, {})
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const response = await fetch(`${migrated.url}/api/oidc/token`, { method: 'POST', body })
  const { access_token: token } = (await response.json()) as { access_token: string }
  expect(decodeHeader(token)).toMatchObject({ alg, kid: migrated.key.kid })
})

test.each([
  ['all settings', { UI_CONFIG_DISABLED: 'true' }],
  ['the algorithm', { SIGNING_ALGORITHM: 'RS256' }],
])('reports that a migrated key does not sign for new clients if the environment sets %s', async (_, env) => {
  await using migrated = await migrate('ES256', env)
  const { notes } = migrated.report
  expect(notes.join('\n')).toContain('Set SIGNING_ALGORITHM=ES256')
  expect(notes.filter((note) => note.includes('UI_CONFIG_DISABLED is set'))).toHaveLength(
    'UI_CONFIG_DISABLED' in env ? 1 : 0,
  )
})
