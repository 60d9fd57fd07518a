import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { SoftwareAuthenticator } from '@pocket/core/testing'
import { DataSource } from 'typeorm'
import { databaseOf } from '../http/app.ts'
import { startCalledInstance } from './calls.ts'
import { registerPasskey, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'

// SQLite runs one transaction at a time.
test('revoking the credentials of a removed passkey does not deadlock with a new client secret on PostgreSQL', async () => {
  await using stack = new AsyncDisposableStack()
  const database = await databaseOf('PostgreSQL', stack)
  const instance = stack.use(await startCalledInstance('PostgreSQL', database))
  const dataSource = await new DataSource({ type: 'postgres', url: database.DB_CONNECTION_STRING ?? '' }).initialize()
  stack.defer(() => dataSource.destroy())
  const { call, url } = instance
  const { clients, passkeys } = instance.app.pocket

  const boss = await instance.person(freshName())
  const { json } = await call('GET /api/users/{id}', { params: { id: boss.id } })
  const promoted = { ...json, email: `${json.username}@example.com`, isAdmin: true }
  await call('PUT /api/users/{id}', { params: { id: boss.id }, body: promoted })
  const signIn = async (authenticator: SoftwareAuthenticator) => {
    const agent = instance.agent()
    expect((await signInWithPasskey(agent, url, authenticator)).status).toBe(200)
    return agent
  }
  // The stolen passkey registers another one, which creates a client secret, and makes an API key.
  const [stolen] = await passkeys.list(boss.id)
  const attacker = await signIn(boss.authenticator)
  const { authenticator: planted } = await registerPasskey(attacker, url)
  const key = { name: 'Script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() }
  const token = String((await call('POST /api/api-keys', { body: key, agent: attacker })).json.token)
  const derivedSession = await signIn(planted)
  const app = { name: 'Payroll', callbackURLs: ['https://app.example/callback'] }
  const id = String((await call('POST /api/oidc/clients', { body: app, agent: derivedSession })).json.id)
  await call('POST /api/oidc/clients/{id}/secrets', { params: { id }, agent: derivedSession })
  const where = { params: { id: boss.id, credentialId: stolen?.id ?? '', passkeyId: stolen?.id ?? '' } }
  expect((await call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', where)).status).toBe(204)

  const [entered, gate] = [0, 1].map(() => Promise.withResolvers<void>())
  const addSecret = clients.addSecret.bind(clients)
  Object.assign(clients, {
    addSecret: async (...input: Parameters<typeof addSecret>) => {
      const minted = await addSecret(...input)
      entered?.resolve()
      await gate?.promise
      return minted
    },
  })
  const added = instance
    .agent()
    .sendJson('POST', `${url}/api/oidc/clients/${id}/secrets`, { options: { headers: { 'x-api-key': token } } })
  await entered?.promise
  const withdrawn = call('POST /api/users/{id}/passkey-removals/{passkeyId}/withdraw', where)
  const isWaiting = async () => {
    const [row] = await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM pg_locks
      WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`)
    return (row?.count ?? 0) > 0
  }
  while (!(await isWaiting())) await setTimeout(5)
  gate?.resolve()
  expect([(await added).status, (await withdrawn).status]).toEqual([201, 204])
  expect((await clients.find(id))?.secrets).toEqual([])
})
