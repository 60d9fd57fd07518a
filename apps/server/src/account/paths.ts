/** Paths of the account pages. */
export const accountPaths = {
  profile: '/settings/account',
  security: '/settings/account/security',
  data: '/settings/account/data',
} as const
