import { expect, test } from '@jest/globals'
import { startHost } from '../flows/host.ts'

test('an administrator learns that a passkey was removed in the meantime, and the audit log has no second removal', async () => {
  await using host = await startHost()
  const { account } = await host.person('ada')
  const [passkey] = await host.stores.passkeys.listByAccount(account.id)
  Object.assign(host.stores.passkeys, { remove: async () => false })
  const removal = host.pocket.passkeys.removeAsAdministrator(account.id, passkey?.id ?? '')
  await expect(removal).rejects.toMatchObject({ code: 'passkey_not_found' })
  expect(host.events).not.toContainEqual(expect.objectContaining({ event: 'passkey_removed' }))
})
