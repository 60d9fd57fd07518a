/** The actor of LDAP imports in the audit log. It is not a stored user and cannot sign in. */
export const ldapActor = { id: '00000000-0000-0000-0000-000000000001', userName: 'LDAP' } as const
