import { type Filter, FilterParser } from 'ldapts'
import { LdapError } from './ldap-error.ts'

/**
 * Parses a filter (RFC 4515). Ignores blanks and line breaks between its parts, as in pasted filters.
 *
 * @throws LdapError `ldap_filter_invalid`; `details.setting` is the given name.
 */
export function readFilter(text: string, setting: string): Filter {
  // The parser closes open parentheses: a truncated filter would become one that matches more entries.
  const parentheses = text.replace(/\\[()]/g, '').replace(/[^()]/g, '')
  if (parentheses.length !== 2 * parentheses.replaceAll(')', '').length)
    throw new LdapError('ldap_filter_invalid', { setting })
  try {
    return FilterParser.parseString(decodeEscapes(text.trim().replace(/(\([&|!]|\))\s+(?=[()])/g, '$1')))
  } catch (error) {
    throw new LdapError('ldap_filter_invalid', { setting }, error)
  }
}

// The parser decodes each escaped byte as a character, so the bytes of multi-byte characters are joined first.
function decodeEscapes(filter: string): string {
  return filter.replace(/(?:\\[89a-f][0-9a-f])+/gi, (bytes) =>
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes.replaceAll('\\', ''), 'hex')),
  )
}
