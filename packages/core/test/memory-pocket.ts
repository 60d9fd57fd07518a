import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { shareBetweenTests } from '@pocket/test-support'

/** A provider with stores in memory, whose accounts have numeric IDs, shared by the tests of a file. */
export const sharePocket = () =>
  shareBetweenTests(() =>
    createPocket({
      issuer: 'http://localhost:3000',
      masterKey: 'a master key that is long enough',
      accounts: { find: async (id) => ({ id: Number(id), userName: `user ${id}` }) },
      stores: memoryStores(),
    }),
  )

/** The fields and codes with which a call is rejected. */
export async function readFieldErrors(failed: Promise<unknown>): Promise<readonly string[]> {
  const error: { readonly fields: readonly { field: string; code: string }[] } = await failed.then(
    () => ({ fields: [] }),
    (reason) => reason,
  )
  return error.fields.map(({ field, code }) => `${field} ${code}`)
}
