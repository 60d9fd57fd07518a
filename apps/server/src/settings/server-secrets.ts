import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { SettingKey, SettingValues } from './definitions.ts'

interface Sent {
  readonly secret: SettingKey
  /** The server that receives the secret; equal strings mean the same server, an empty string means none. */
  readonly server: (values: SettingValues) => string
}

const sent: readonly Sent[] = [
  { secret: 'ldapBindPassword', server: ({ ldapUrl }) => serverOf(ldapUrl) },
  { secret: 'smtpPassword', server: ({ smtpHost, smtpPort }) => smtpHost && `${smtpHost.toLowerCase()}:${smtpPort}` },
]

const defaultPorts: Readonly<Record<string, string>> = { 'ldap:': '389', 'ldaps:': '636' }

/**
 * Returns the values to write. Changing the destination of a secret must not disclose it: a stored secret belongs to its server
 * and is deleted when the server changes.
 *
 * @param given - secrets entered in this request; like those from the environment, they may be sent to the new server
 * @throws {InvalidInputError} `validation_failed` if a stored secret would be sent to another server
 */
export function dropSecretsOfOldServers(
  before: SettingValues,
  after: SettingValues,
  given: (key: SettingKey) => boolean,
): SettingValues {
  const orphaned = sent.filter(
    ({ secret, server }) => before[secret] !== '' && !given(secret) && server(before) !== server(after),
  )
  const fields = orphaned
    .filter(({ server }) => server(after) !== '')
    .map(
      ({ secret }): FieldError => ({
        field: secret,
        code: 'required',
        message: 'is required, because its server changes',
      }),
    )
  if (fields.length > 0) {
    const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInputError('validation_failed', text, { fields })
  }
  return { ...after, ...Object.fromEntries(orphaned.map(({ secret }) => [secret, ''])) }
}

/** Other parts of a URL do not change who receives the secret; an invalid URL is compared as text. */
function serverOf(address: string): string {
  const url = URL.parse(address.trim())
  if (url === null) return address.trim()
  const { protocol, hostname, port, pathname } = url
  const place = protocol === 'ldapi:' ? pathname : ((port || defaultPorts[protocol]) ?? '')
  return `${protocol}//${hostname.toLowerCase()}:${place}`
}
