import { expect, test } from '@jest/globals'
import { startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'

test('a user who is added to several groups concurrently is in all of them, and the same holds for removals', async () => {
  await using instance = await startCalledInstance('PostgreSQL')
  const { administrator, url } = instance
  const { groups } = instance.app.directory
  const { id } = await instance.personWithoutPasskey(freshName())
  const names = ['sailors', 'skaters', 'singers', 'skiers', 'swimmers', 'scouts']
  const ids: string[] = []
  for (const name of names) ids.push((await groups.create({ name, friendlyName: name })).id)
  const countGroups = async () => {
    const memberships = await Promise.all(ids.map((group) => groups.membership(group, id)))
    return memberships.filter((membership) => membership !== undefined).length
  }
  const membersOf = (group: string) => `${url}/settings/admin/user-groups/${group}/members`
  await Promise.all(ids.map((group) => administrator.postForm(membersOf(group), { users: id, endsAt: '' })))
  expect(await countGroups()).toBe(names.length)
  await Promise.all(ids.map((group) => administrator.postForm(`${membersOf(group)}/${id}/remove`, {})))
  expect(await countGroups()).toBe(0)
  const adding = { act: 'add-to-group', confirmed: 'yes', ids: id }
  const bulk = `${url}/settings/admin/users/bulk`
  await Promise.all(ids.map((group) => administrator.postForm(bulk, { ...adding, choices: group })))
  expect(await countGroups()).toBe(names.length)
})

test('a user who is disabled during another change keeps both changes', async () => {
  await using instance = await startCalledInstance('PostgreSQL')
  const { administrator, url, app } = instance
  const ids = await Promise.all(
    Array.from({ length: 6 }, async () => (await instance.personWithoutPasskey(freshName())).id),
  )
  const rename = async (id: string) => {
    for (let n = 1; n <= 8; n += 1) await app.directory.users.update(id, { firstName: `Renamed ${n}` })
  }
  const toggleDisabled = async (id: string) => {
    for (const act of ['disable', 'enable', 'disable'])
      expect((await administrator.postForm(`${url}/settings/admin/users/${id}/${act}`, {})).status).toBe(303)
  }
  await Promise.all(ids.flatMap((id) => [rename(id), toggleDisabled(id)]))
  // An e-mail address is required here, and the user has none: the user can still be disabled.
  for (const id of ids) expect(await app.directory.find(id)).toMatchObject({ firstName: 'Renamed 8', disabled: true })
})
