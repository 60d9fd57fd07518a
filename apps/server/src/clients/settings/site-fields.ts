import type { ClientProtocolInput } from '@pocket/core'
import { defaultIdentityHeaders, ruleAudiences } from '@pocket/core/internal'
import type { RowsField, TextField } from './field.ts'

/** The access rules of a protected site, in order. */
export const accessRules: RowsField = {
  name: 'protocol.accessRules',
  key: 'accessRules',
  kind: 'rows',
  columns: [
    { name: 'path' },
    { name: 'allow', options: ruleAudiences },
    { name: 'methods' },
    { name: 'groups' },
    { name: 'minutes' },
    { name: 'host' },
  ],
  read: ({ protocol }) =>
    protocol.accessRules.map(({ path, allow, methods, groups, maxPasskeyAgeMinutes, host }) => [
      ...[path, allow, methods.join(' '), groups.join('; ')],
      ...[maxPasskeyAgeMinutes === null ? '' : String(maxPasskeyAgeMinutes), host ?? ''],
    ]),
  // The cast is safe because core validates each rule by its schema.
  write: (rows) => ({ protocol: { accessRules: rows.map(toRule) } as ClientProtocolInput }),
}

function toRule([path = '', allow = '', methods = '', groups = '', minutes = '', host = '']: readonly string[]) {
  return {
    path,
    allow,
    methods: methods
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    groups: groups.split(';').flatMap((name) => name.trim() || []),
    maxPasskeyAgeMinutes: minutes === '' ? null : Number(minutes),
    host: host === '' ? null : host,
  }
}

const headerKeys = ['user', 'groups', 'email', 'name'] as const

/** The names of the identity headers, in the order of `headerKeys`; empty for the default names. */
export const identityHeaders: TextField = {
  name: 'protocol.identityHeaders',
  key: 'identityHeaders',
  kind: 'lines',
  read: ({ protocol }) => headerKeys.map((key) => protocol.identityHeaders[key]).join('\n'),
  write: (input) => {
    const [user, groups, email, name] = input.split(/\s+/).filter(Boolean)
    const chosen = { user, groups, email, name }
    const identityHeaders = {
      ...defaultIdentityHeaders,
      ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value)),
    }
    return { protocol: { identityHeaders } }
  },
}
