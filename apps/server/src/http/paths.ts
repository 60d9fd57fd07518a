// Paths of pages that the pages of other modules link to.

export const accountPaths = {
  profile: '/settings/account',
  security: '/settings/account/security',
  secondPasskey: '/settings/account/second-passkey',
  recoveryCodes: '/settings/account/recovery-codes',
  breakGlassCode: '/settings/account/break-glass-code',
  data: '/settings/account/data',
} as const

export const appsPath = '/settings/apps'

/** Where a recovery code leads. */
export const recoverPath = '/recover'

/** Where invitations lead. */
export const addPasskeyPath = '/signup/add-passkey'

export const usersPath = '/settings/admin/users'

export function userPath(id: string): string {
  return `${usersPath}/${encodeURIComponent(id)}`
}
