type Value = string | Uint8Array

/** Formats one entry (RFC 2849). Keeps the order of attributes; writes bytes and non-ASCII text as base64. */
export function ldifEntry(dn: string, attributes: Readonly<Record<string, Value | readonly Value[]>>): string {
  const lines = Object.entries(attributes).flatMap(([name, given]) =>
    list(given).map((value) => `${name}${written(value)}`),
  )
  return `${[`dn${written(dn)}`, ...lines].join('\n')}\n\n`
}

/** The size of the generated directory. */
export interface LdifOptions {
  readonly users: number
  readonly groups: number
  /** The number of members per group. Default: 20. */
  readonly members?: number
  /** Default: `dc=example,dc=com`. */
  readonly base?: string
}

/**
 * Generates a directory with its base entry: `uid=userN,ou=people` and `cn=groupN,ou=groups`, numbered from 0. Memberships
 * are deterministic. `uid=reader` with the password `secret` has read access.
 */
export function ldifOfCompany({ users, groups, members = 20, base = 'dc=example,dc=com' }: LdifOptions): string {
  const dc = /^dc=([^,]+)/.exec(base)?.[1] ?? ''
  const parts = [
    ldifEntry(base, { objectClass: ['dcObject', 'organization'], dc, o: 'Example' }),
    ldifEntry(`uid=reader,${base}`, { objectClass: ['account', 'simpleSecurityObject'], userPassword: 'secret' }),
    ...['people', 'groups'].map((ou) => ldifEntry(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou })),
  ]
  for (let n = 0; n < users; n++) parts.push(user(n, base))
  for (let n = 0; n < groups; n++) {
    const member = Array.from({ length: members }, (_, m) => `uid=user${(n * 7 + m * 11) % users},ou=people,${base}`)
    const cn = `group${n}`
    parts.push(
      ldifEntry(`cn=${cn},ou=groups,${base}`, { objectClass: 'groupOfNames', cn, member: [...new Set(member)] }),
    )
  }
  return parts.join('')
}

function user(n: number, base: string): string {
  return ldifEntry(`uid=user${n},ou=people,${base}`, {
    objectClass: 'inetOrgPerson',
    uid: `user${n}`,
    cn: `First${n} Last${n}`,
    givenName: `First${n}`,
    sn: `Last${n}`,
    mail: `user${n}@example.com`,
  })
}

function list(given: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(given) ? given : [given as Value]
}

function written(value: Value): string {
  const isSafe = typeof value === 'string' && /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
  return isSafe ? `: ${value}` : `:: ${Buffer.from(value as string).toString('base64')}`
}
