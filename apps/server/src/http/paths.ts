// Paths of pages that the pages of other modules link to.

export const accountPaths = {
  profile: '/settings/account',
  security: '/settings/account/security',
  data: '/settings/account/data',
} as const

/** Where invitations lead. */
export const addPasskeyPath = '/signup/add-passkey'

export const usersPath = '/settings/admin/users'

export function userPath(id: string): string {
  return `${usersPath}/${encodeURIComponent(id)}`
}
