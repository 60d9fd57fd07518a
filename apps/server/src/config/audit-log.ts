import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const syslog: Variable<SyslogConfig> = {
  name: 'AUDIT_SYSLOG',
  type: 'URL',
  default: 'none',
  description:
    'A syslog server that receives every audit event: `tcp://host:601` or `tls://host:6514` (RFC 5424 with octet counting, the message is JSON).',
  parse: parseSyslog,
}

const syslogCa: Variable<string> = {
  name: 'AUDIT_SYSLOG_CA',
  type: 'PEM',
  default: 'the CAs of Node.js',
  secret: true,
  description: 'The certificate of the CA that issued the certificate of the syslog server.',
  parse: parseCertificate,
}

const file: Variable<string> = {
  name: 'AUDIT_FILE',
  type: 'path',
  default: 'none',
  description:
    'A file to which every audit event is appended, one JSON object for each line. It can be rotated at any time.',
  parse: ({ text }) => text,
}

export const auditLogSection = {
  title: 'Audit log',
  introduction:
    'The audit log is in the database. A syslog server and a file can receive it in addition, at least once: a repeated delivery has the same `id`. See the [guide](../guides/observability.md#audit-log).',
  variables: { syslog, syslogCa, file },
} satisfies Section

export interface SyslogConfig {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** PEM; `undefined`: the CAs of Node.js. */
  readonly ca?: string | undefined
}

export interface AuditLogConfig {
  readonly auditSyslog: SyslogConfig | undefined
  readonly auditFile: string | undefined
}

export function readAuditLog(reader: Reader): AuditLogConfig {
  const server = reader.read(syslog)
  const ca = reader.read(syslogCa)
  return { auditSyslog: server && { ...server, ca }, auditFile: reader.read(file) }
}

function parseSyslog({ text }: RawValue): SyslogConfig {
  const url = URL.parse(text)
  const isValid = url !== null && ['tcp:', 'tls:'].includes(url.protocol) && url.hostname !== '' && url.port !== ''
  if (!isValid || /[^/]/.test(url.pathname) || url.username !== '')
    throw new InvalidValueError(
      `"${text.slice(0, 200)}" is not the URL of a syslog server`,
      'Write tcp://host:601 or tls://host:6514.',
    )
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port), tls: url.protocol === 'tls:' }
}

function parseCertificate({ text }: RawValue): string {
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new InvalidValueError('it is not a certificate', 'Write PEM, which starts with -----BEGIN CERTIFICATE-----.')
  return text
}
