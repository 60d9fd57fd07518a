import { LdapError } from './ldap-error.ts'

export type LdapAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean }
  | { readonly kind: 'unix'; readonly path: string }

const defaultPath = '/var/run/slapd/ldapi'
const defaultPorts = { 'ldap:': 389, 'ldaps:': 636 } as const

/**
 * Parses `ldap://host:port`, `ldaps://host:port`, `ldapi:///path/of/a/socket` or `ldapi://%2Fpath%2Fof%2Fa%2Fsocket`. Ignores
 * other parts of an LDAP URL (RFC 4516: a base, a filter), which have their own options.
 *
 * @throws LdapError `ldap_setting_missing`, `ldap_address_invalid`
 */
export function readAddress(url: string): LdapAddress {
  if (url.trim() === '') throw new LdapError('ldap_setting_missing', { setting: 'url' })
  const parsed = URL.parse(url.trim())
  // Credentials in the URL would be visible wherever the URL is shown.
  if (parsed === null || parsed.username !== '' || parsed.password !== '') throw invalidAddress()
  if (parsed.protocol === 'ldapi:') return { kind: 'unix', path: socketPath(parsed) }
  if (parsed.protocol !== 'ldap:' && parsed.protocol !== 'ldaps:') throw invalidAddress()
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw invalidAddress()
  const port = parsed.port === '' ? defaultPorts[parsed.protocol] : Number(parsed.port)
  return { kind: 'tcp', host, port, tls: parsed.protocol === 'ldaps:' }
}

function socketPath(url: URL): string {
  const encodedPath = url.hostname === '' ? url.pathname : url.hostname
  try {
    const path = decodeURIComponent(encodedPath)
    return path === '' || path === '/' ? defaultPath : path
  } catch {
    throw invalidAddress()
  }
}

function invalidAddress(): LdapError {
  return new LdapError('ldap_address_invalid', { setting: 'url' })
}
