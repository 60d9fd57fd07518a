import { describe, expect, test } from '@jest/globals'
import type { AuditEvent } from '@pocket/core'
import { shareBetweenTests } from '@pocket/test-support'
import { endMemberships } from '../../src/groups/membership-ends.ts'
import { findAuditEvents, lastEntry, startCalledInstance } from './calls.ts'
import { createPerson, freshName } from './people.ts'

describe('expiring memberships', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  const createMembership = async () => {
    const name = freshName()
    const { json: group } = await instance.call('POST /api/user-groups', { body: { name, friendlyName: name } })
    const person = await createPerson(instance, { userGroupIds: [group.id] })
    return { params: { id: String(group.id), userId: person.id }, groupId: String(group.id), userId: person.id }
  }
  const setEnd = (params: Readonly<Record<string, string>>, endsAt: unknown) =>
    instance.call('PATCH /api/user-groups/{id}/members/{userId}', { params, body: { endsAt } })

  test('are set by a route of their own, and kept by other routes', async () => {
    const { params, groupId, userId } = await createMembership()
    const endsAt = '2100-01-01T00:00:00.000Z'
    expect(await setEnd(params, endsAt)).toMatchObject({ status: 200, json: { userId, groupId, endsAt } })
    await instance.call('PUT /api/user-groups/{id}/users', { params, body: { userIds: [userId] } })
    await instance.call('PUT /api/users/{id}/user-groups', {
      params: { id: userId },
      body: { userGroupIds: [groupId] },
    })
    const { json } = await instance.call('GET /api/user-groups/{id}/members', { params })
    expect(json).toEqual([{ userId, groupId, endsAt }])
    expect((await setEnd(params, null)).json).toEqual({ userId, groupId, endsAt: null })
    expect(findAuditEvents(instance, 'membership_end_changed')).toMatchObject([
      { accountId: userId, groupId, endsAt },
      { accountId: userId, groupId, endsAt: '' },
    ])
    const changes = { endsAt: { before: endsAt, after: null } }
    expect(await lastEntry(instance, 'MEMBERSHIP_END_CHANGED')).toMatchObject({ userID: userId, changes })
  })

  test.each([
    ['2000-01-01T00:00:00Z', 'validation_failed'],
    ['tomorrow', 'invalid_request_body'],
    [undefined, 'validation_failed'],
  ])('reject the expiry %j', async (endsAt, code) => {
    const { params } = await createMembership()
    expect(await setEnd(params, endsAt)).toMatchObject({ status: 400, json: { code } })
  })

  /** Gives the user access to a client of the group; the returned function tells whether it still exists. */
  async function createGrant(accountId: string, groupId: string) {
    const { json: client } = await instance.call('POST /api/oidc/clients', {
      body: { name: freshName(), callbackURLs: ['https://app.example/'], isGroupRestricted: true },
    })
    const clientId = String(client.id)
    await instance.call('PUT /api/oidc/clients/{id}/allowed-user-groups', {
      params: { id: clientId },
      body: { userGroupIds: [groupId] },
    })
    const { Grant } = instance.app.pocket.provider()
    const grant = new Grant({ accountId, clientId })
    grant.addOIDCScope('openid')
    const id = await grant.save()
    return async () => (await Grant.find(id)) !== undefined
  }

  test('end at their expiry, together with the access they gave', async () => {
    const { params, userId, groupId } = await createMembership()
    const stillThere = await createGrant(userId, groupId)
    await setEnd(params, '2100-01-01T00:00:00Z')
    const events: AuditEvent[] = []
    const audit = { record: async (event: AuditEvent) => void events.push(event) }
    const run = () => endMemberships({ ...instance.app, audit })
    await run()
    expect([await stillThere(), events]).toEqual([true, []])
    // On a slow machine the expiry can pass before the call arrives; then the test retries with a later one.
    let end = 0
    for (let ahead = 100, status = 0; status !== 200; ahead *= 2) {
      end = Date.now() + ahead
      status = (await setEnd(params, new Date(end).toISOString())).status
    }
    const members = async () => (await instance.call('GET /api/user-groups/{id}', { params })).json.users
    for (let users: unknown = [userId]; Array.isArray(users) && users.length > 0; ) users = await members()
    expect(Date.now()).toBeGreaterThanOrEqual(end)
    await run()
    expect([await stillThere(), events]).toEqual([false, [{ event: 'membership_ended', accountId: userId, groupId }]])
  })

  test('also end the access they gave when an administrator expires them', async () => {
    const { userId, groupId } = await createMembership()
    const stillThere = await createGrant(userId, groupId)
    await instance.call('PUT /api/users/{id}/user-groups', { params: { id: userId }, body: { userGroupIds: [] } })
    expect(await stillThere()).toBe(false)
  })
})
