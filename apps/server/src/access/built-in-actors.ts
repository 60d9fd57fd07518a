import type { User } from '@pocket/directory'

/**
 * The user that the environment's API key acts as. Not in the directory, so it cannot sign in and does not complete set-up. Pocket
 * ID ends its name with six random characters.
 */
export const staticUser: User = {
  id: '00000000-0000-0000-0000-000000000000',
  userName: 'static-api-user-system',
  email: null,
  emailVerified: false,
  firstName: 'Static API User',
  lastName: '',
  displayName: 'Static API User',
  administrator: true,
  disabled: false,
  locale: null,
  ldapId: null,
  createdAt: 0,
  updatedAt: 0,
}

/** The actor of the commands that administer an instance: an administrator that is not in the directory. */
export const commandLineUser: User = {
  ...staticUser,
  id: '00000000-0000-0000-0000-000000000002',
  userName: 'command line',
  firstName: 'Command line',
  displayName: 'Command line',
}

export const configurationFileUser = {
  id: '00000000-0000-0000-0000-000000000003',
  userName: 'configuration file',
} as const

/** The actor of LDAP imports in the audit log. It is not a stored user and cannot sign in. */
export const ldapActor = { id: '00000000-0000-0000-0000-000000000001', userName: 'LDAP' } as const
