import { type FieldError, InvalidInput } from '@pocket/core/errors'
import type { SettingKey, SettingValues } from './definitions.ts'

interface Sent {
  readonly secret: SettingKey
  /** Where it is sent to; the same text for the same server, empty for none. */
  readonly server: (values: SettingValues) => string
}

const sent: readonly Sent[] = [
  { secret: 'ldapBindPassword', server: ({ ldapUrl }) => serverOf(ldapUrl) },
  { secret: 'smtpPassword', server: ({ smtpHost, smtpPort }) => smtpHost && `${smtpHost.toLowerCase()}:${smtpPort}` },
]

const defaultPorts: Readonly<Record<string, string>> = { 'ldap:': '389', 'ldaps:': '636' }

/**
 * The values to write. Whoever may change where a secret is sent must not learn it by that: it stays with its server, and is
 * forgotten together with it.
 *
 * @param given - The secrets that somebody has entered, and those that the environment decides, are theirs to send
 * @throws {InvalidInput} `validation_failed` where a secret that is stored would be sent to another server
 */
export function keepingSecrets(
  before: SettingValues,
  after: SettingValues,
  given: (key: SettingKey) => boolean,
): SettingValues {
  const moved = sent.filter(
    ({ secret, server }) => before[secret] !== '' && !given(secret) && server(before) !== server(after),
  )
  const fields = moved
    .filter(({ server }) => server(after) !== '')
    .map(
      ({ secret }): FieldError => ({
        field: secret,
        code: 'required',
        message: 'is required, since its server is another',
      }),
    )
  if (fields.length > 0) {
    const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInput('validation_failed', text, { fields })
  }
  return { ...after, ...Object.fromEntries(moved.map(({ secret }) => [secret, ''])) }
}

/** What else an address says is no matter of who hears the secret; one that cannot be read is nowhere else. */
function serverOf(address: string): string {
  const url = URL.parse(address.trim())
  if (url === null) return address.trim()
  const { protocol, hostname, port, pathname } = url
  const place = protocol === 'ldapi:' ? pathname : ((port || defaultPorts[protocol]) ?? '')
  return `${protocol}//${hostname.toLowerCase()}:${place}`
}
