import type { ClaimRule, Client, ClientProtocolInput, FederatedIdentity } from '@pocket/core'
import type { RowsField } from './field.ts'

/** Claims with a different name or value for this client. */
export const claimRules: RowsField = {
  name: 'protocol.claimRules',
  key: 'claimRules',
  kind: 'rows',
  columns: [
    { name: 'claim' },
    { name: 'from', options: ['claim', 'custom', 'constant'] },
    { name: 'value' },
    { name: 'as', options: ['', 'string', 'array'] },
  ],
  read: ({ protocol }) =>
    protocol.claimRules.map(({ claim, source, as }) => [claim, source.kind, sourceText(source), as ?? '']),
  // The cast is safe because core validates each rule by its schema.
  write: (rows) => ({ protocol: { claimRules: rows.map(claimRule) } as ClientProtocolInput }),
}

/** Group names that this client receives instead of the stored ones. */
export const groupNames: RowsField = {
  name: 'protocol.groupRules.rename',
  key: 'groupNames',
  kind: 'rows',
  columns: [{ name: 'group' }, { name: 'as' }],
  read: ({ protocol }) => Object.entries(protocol.groupRules.rename),
  write: (rows) => ({ protocol: { groupRules: { rename: pairs(rows) } } }),
}

/** User names that this client receives. The page shows user names; the client stores user IDs. */
export const userNames: RowsField = {
  name: 'protocol.userNames',
  key: 'userNames',
  kind: 'rows',
  columns: [{ name: 'user' }, { name: 'as' }],
  read: ({ protocol }) => Object.entries(protocol.userNames),
  write: (rows) => ({ protocol: { userNames: pairs(rows) } }),
}

export const federatedIdentities: RowsField = {
  name: 'federatedIdentities',
  key: 'federatedIdentities',
  kind: 'rows',
  columns: [
    { name: 'issuer' },
    { name: 'subject' },
    { name: 'audience' },
    { name: 'jwks' },
    { name: 'replay', options: ['once', 'often'] },
  ],
  read: ({ federatedIdentities: all }: Client) =>
    all.map(({ issuer, subject, audience, jwks, replayProtection }) => [
      issuer,
      subject ?? '',
      audience ?? '',
      jwks ?? '',
      replayProtection ? 'once' : 'often',
    ]),
  write: (rows) => ({ federatedIdentities: rows.map(identity) }),
}

function pairs(rows: readonly (readonly string[])[]): Record<string, string> {
  return Object.fromEntries(rows.map(([from = '', to = '']) => [from, to]))
}

function claimRule([claim = '', kind = 'claim', value = '', as = '']: readonly string[]) {
  const source = { claim: { name: value }, custom: { key: value }, constant: { value: constantOf(value) } }[kind]
  return { claim, source: { kind, ...source }, as: as || null }
}

function sourceText(source: ClaimRule['source']): string {
  if (source.kind === 'claim') return source.name
  if (source.kind === 'custom') return source.key
  const { value } = source
  return typeof value === 'string' && constantOf(value) === value ? value : JSON.stringify(value)
}

/** Parses valid JSON; any other input is used as a string. */
function constantOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function identity([
  issuer = '',
  subject = '',
  audience = '',
  jwks = '',
  replay = '',
]: readonly string[]): FederatedIdentity {
  return {
    issuer,
    subject: subject || null,
    audience: audience || null,
    jwks: jwks || null,
    replayProtection: replay !== 'often',
  }
}
