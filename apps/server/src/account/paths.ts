/** Where the pages of one's own account are. */
export const accountPaths = {
  profile: '/settings/account',
  security: '/settings/account/security',
  data: '/settings/account/data',
} as const
