import { describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { startInstance } from '../api/instance.ts'
import { createMachine, type Machine } from './test-instance.ts'

/** Users, groups, clients and claims, made by a server that has stopped before the export. */
async function fillInstance(machine: Machine) {
  await using instance = await startInstance(machine.env)
  const { administrator, administratorAuthenticator, url, app } = instance
  const post = async (path: string, body: unknown) =>
    (await administrator.postJson(url + path, body)).json() as { readonly id: string }
  const group = await post('/api/user-groups', { name: 'crew', friendlyName: 'Crew' })
  const client = await post('/api/oidc/clients', { name: 'Wiki', callbackURLs: ['https://wiki.example.com/cb'] })
  const ada = await app.directory.findByName('ada')
  const id = String(ada?.id)
  await administrator.sendJson('PUT', `${url}/api/user-groups/${group.id}/users`, { body: { userIds: [id] } })
  await administrator.sendJson('PUT', `${url}/api/custom-claims/user/${id}`, {
    body: [{ key: 'office', value: 'London' }],
  })
  return { administratorAuthenticator, id, group, client }
}

describe.each(databaseKinds)('export --open of %s', (kind) => {
  test('contains what another provider needs to take over users, groups, clients and passkeys', async () => {
    await using machine = await createMachine(kind)
    const { administratorAuthenticator, id, group, client } = await fillInstance(machine)
    const { exit, stdout, stderr } = await machine.run(['export', '--open', '--path', '-'])
    expect([exit, stderr]).toEqual([0, ''])
    const passkey = administratorAuthenticator.passkeys[0]
    expect(JSON.parse(stdout.toString())).toMatchObject({
      format: 'pocket-open-export',
      version: 1,
      rpId: 'localhost',
      users: [{ id, userName: 'ada', email: 'ada@example.com', administrator: true, disabled: false }],
      userClaims: [{ userId: id, key: 'office', value: 'London' }],
      groups: [{ id: group.id, name: 'crew', friendlyName: 'Crew', requiresTwoPasskeys: false }],
      memberships: [{ userId: id, groupId: group.id, endsAt: null }],
      clients: [{ id: client.id, name: 'Wiki', redirectUris: ['https://wiki.example.com/cb'] }],
      passkeys: [
        {
          userId: id,
          userHandle: passkey?.userHandle,
          credentialId: passkey?.id,
          publicKey: expect.stringMatching(/^[A-Za-z0-9_-]+$/),
          aaguid: '00000000-0000-0000-0000-000000000000',
          transports: ['internal', 'hybrid'],
          counter: 0,
          userVerified: true,
          backupEligible: true,
          backedUp: true,
        },
      ],
    })
    expect(stdout.toString()).not.toContain('"secrets"')
  })
})

quickOnly(test)('export --open rejects options of archives', async () => {
  await using machine = await createMachine('SQLite')
  const { exit, stderr } = await machine.run(['export', '--open', '--with-key'])
  expect([exit, stderr]).toEqual([2, expect.stringContaining('--open is not encrypted')])
})
