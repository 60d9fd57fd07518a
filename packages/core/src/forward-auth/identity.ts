import type { Claims } from '../accounts/claims.ts'
import { assertionHeader, type IdentityHeaders } from '../clients/protected-site.ts'

export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
  readonly email: string
  readonly name: string
}

const nobody: Identity = { user: '', groups: [], email: '', name: '' }

export function identityOf({ preferred_username: user, groups, email, name }: Claims): Identity {
  return {
    user: textOf(user),
    groups: Array.isArray(groups) ? groups.map(textOf) : [],
    email: textOf(email),
    name: textOf(name),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/**
 * All identity headers, empty if there is no value, so that the proxy overwrites those of the client. Characters that
 * are not printable ASCII, `%`, and a comma in the name of a group are percent-encoded as UTF-8.
 */
export function identityHeaders(
  names: IdentityHeaders,
  { user, groups, email, name }: Identity = nobody,
  assertion = '',
): Readonly<Record<string, string>> {
  return {
    [names.user]: encodeText(user),
    [names.groups]: groups.map((group) => encodeText(group).replaceAll(',', '%2C')).join(','),
    [names.email]: encodeText(email),
    [names.name]: encodeText(name),
    [assertionHeader]: assertion,
  }
}

function encodeText(text: string): string {
  return text.toWellFormed().replaceAll(/[^\x20-\x24\x26-\x7e]|^ | $/gu, encodeURIComponent)
}
