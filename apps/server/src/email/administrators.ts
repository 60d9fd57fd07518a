import type { Directory, User } from '@pocket/directory'

/** More administrators than any instance has. */
const limit = 100

/** The enabled administrators with an e-mail address, except this one. */
export async function reachableAdministrators(
  { users }: Pick<Directory, 'users'>,
  exceptId: string,
): Promise<readonly User[]> {
  const filters = { isAdmin: [true], disabled: [false] }
  const { items } = await users.page({ page: 1, limit, sort: null, filters, search: '' })
  return items.filter(({ id, email }) => id !== exceptId && email !== null)
}
