import { domainToASCII } from 'node:url'
import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const most = 100
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const domain = new RegExp(`^(?=.{1,253}$)${label}(?:[.]${label})+$`)

/** The e-mail domains for which WebFinger (RFC 7033) returns this provider. */
export const webFingerDomains: OwnSetting<readonly string[]> = {
  schema: {
    type: 'array',
    maxItems: most,
    items: { type: 'string', minLength: 1, maxLength: 253 },
    description: 'E-mail domains for which WebFinger (RFC 7033) returns this provider.',
  },
  default: [],
  variable: {
    name: 'WEBFINGER_DOMAINS',
    type: `domains, ${most} at most, separated by commas`,
    default: 'none',
    description: 'E-mail domains for which WebFinger (RFC 7033) returns this provider.',
    parse,
  },
  read(value) {
    const given = Array.isArray(value) ? value.map(String) : []
    const names = given.map(ascii)
    const wrong = names.findIndex((name) => !domain.test(name))
    if (wrong >= 0)
      return { fault: { at: `[${wrong}]`, code: 'invalid_format', message: 'must be the name of a domain' } }
    return { value: [...new Set(names)] }
  },
}

function parse({ text }: GivenValue): readonly string[] {
  const given = text.split(',').flatMap((part) => part.trim() || [])
  const wrong = given.find((name) => !domain.test(ascii(name)))
  if (wrong !== undefined)
    throw new InvalidValueError(`"${wrong.slice(0, 100)}" is not the name of a domain`, 'Write example.com.')
  if (given.length > most) throw new InvalidValueError(`it holds ${given.length} domains`, `Write ${most} at most.`)
  return [...new Set(given.map(ascii))]
}

/** The ASCII form of a domain name; empty if it is invalid. */
function ascii(name: string): string {
  return domainToASCII(name.trim().toLowerCase())
}
