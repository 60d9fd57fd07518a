/** Whom the audit log names for what an import from LDAP has done. Not in the directory, and nobody can sign in so. */
export const ldapActor = { id: '00000000-0000-0000-0000-000000000001', userName: 'LDAP' } as const
