type Value = string | Uint8Array

/** Formats one entry (RFC 2849). Keeps the order of attributes; writes bytes and non-ASCII text as base64. */
export function ldifEntry(dn: string, attributes: Readonly<Record<string, Value | readonly Value[]>>): string {
  const lines = Object.entries(attributes).flatMap(([name, values]) =>
    toArray(values).map((value) => `${name}${formatValue(value)}`),
  )
  return `${[`dn${formatValue(dn)}`, ...lines].join('\n')}\n\n`
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
export function generateLdif({ users, groups, members = 20, base = 'dc=example,dc=com' }: LdifOptions): string {
  const dc = /^dc=([^,]+)/.exec(base)?.[1] ?? ''
  const entries = [
    ldifEntry(base, { objectClass: ['dcObject', 'organization'], dc, o: 'Example' }),
    ldifEntry(`uid=reader,${base}`, { objectClass: ['account', 'simpleSecurityObject'], userPassword: 'secret' }),
    ...['people', 'groups'].map((ou) => ldifEntry(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou })),
  ]
  for (let index = 0; index < users; index++) entries.push(userEntry(index, base))
  for (let index = 0; index < groups; index++) {
    const member = Array.from(
      { length: members },
      (_, m) => `uid=user${(index * 7 + m * 11) % users},ou=people,${base}`,
    )
    const cn = `group${index}`
    entries.push(
      ldifEntry(`cn=${cn},ou=groups,${base}`, { objectClass: 'groupOfNames', cn, member: [...new Set(member)] }),
    )
  }
  return entries.join('')
}

function userEntry(index: number, base: string): string {
  return ldifEntry(`uid=user${index},ou=people,${base}`, {
    objectClass: 'inetOrgPerson',
    uid: `user${index}`,
    cn: `First${index} Last${index}`,
    givenName: `First${index}`,
    sn: `Last${index}`,
    mail: `user${index}@example.com`,
  })
}

function toArray(values: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(values) ? values : [values as Value]
}

function formatValue(value: Value): string {
  const isSafe = typeof value === 'string' && /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
  return isSafe ? `: ${value}` : `:: ${Buffer.from(value as string).toString('base64')}`
}
