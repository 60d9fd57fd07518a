import { X509Certificate } from 'node:crypto'
import { type GivenValue, InvalidValueError, parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const startTls = 'Whether an `ldap://` connection is encrypted with StartTLS.'

export const ldapStartTls: OwnSetting<boolean> = {
  schema: { type: 'boolean', description: startTls },
  default: false,
  variable: { name: 'LDAP_START_TLS', type: 'boolean', default: 'false', description: startTls, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}

const longest = 100_000
const authority =
  "Certificates (PEM) of the certificate authorities trusted for the LDAP server, instead of the system's."

export const ldapCaCertificate: OwnSetting<string> = {
  schema: { type: 'string', maxLength: longest, description: authority },
  default: '',
  variable: {
    name: 'LDAP_CA_CERTIFICATE',
    type: 'PEM',
    default: "the system's",
    description: authority,
    parse({ text }: GivenValue) {
      if (text.length <= longest && areCertificates(text)) return text.trim()
      throw new InvalidValueError(
        'it holds no certificate',
        'Write one or more that begin with -----BEGIN CERTIFICATE-----.',
      )
    },
  },
  read(value) {
    const text = typeof value === 'string' ? value.trim() : ''
    if (text === '' || areCertificates(text)) return { value: text }
    return { fault: { at: '', code: 'invalid_format', message: 'must be certificates in PEM' } }
  },
}

function areCertificates(text: string): boolean {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    return found.length > 0 && found.every((each) => new X509Certificate(each).subject !== '')
  } catch {
    return false
  }
}

export const ldapTimeoutSeconds = numberSetting('LDAP_TIMEOUT_SECONDS', {
  usual: 30,
  least: 1,
  most: 300,
  unit: 'seconds',
  description: 'How long an import waits for a response of the LDAP server.',
})

export const ldapRemovalLimitPercent = numberSetting('LDAP_REMOVAL_LIMIT_PERCENT', {
  usual: 25,
  least: 0,
  most: 100,
  unit: 'percent',
  description:
    'The share of imported people, groups or memberships that an import may remove without confirmation, in percent. 100 never asks.',
})

interface Bounds {
  readonly usual: number
  readonly least: number
  readonly most: number
  readonly unit: 'seconds' | 'percent'
  readonly description: string
}

function numberSetting(name: string, { usual, least, most, unit, description }: Bounds): OwnSetting<number> {
  return {
    schema: { type: 'integer', minimum: least, maximum: most, description },
    default: usual,
    variable: {
      name,
      type: `integer, ${least} to ${most}`,
      default: String(usual),
      ...(unit === 'seconds' && { unit }),
      description,
      parse({ text }: GivenValue) {
        const number = /^\d{1,9}$/.test(text) ? Number(text) : -1
        if (number >= least && number <= most) return number
        throw new InvalidValueError(
          `"${text.slice(0, 100)}" is not a number from ${least} to ${most}`,
          `Write ${usual}, for instance.`,
        )
      },
    },
    read: (value) => ({ value: Number(value) }),
  }
}
