import { type Filter, FilterParser } from 'ldapts'
import { LdapError } from './ldap-error.ts'

/**
 * Reads a filter (RFC 4515). Blanks and line breaks between its parts are left aside, as people copy them.
 *
 * @throws LdapError `ldap_filter_invalid`; `details.setting` is the given name.
 */
export function readFilter(text: string, setting: string): Filter {
  // The parser closes what is left open: of a filter that was cut off it would make one that finds more.
  const parens = text.replace(/\\[()]/g, '').replace(/[^()]/g, '')
  if (parens.length !== 2 * parens.replaceAll(')', '').length) throw new LdapError('ldap_filter_invalid', { setting })
  try {
    return FilterParser.parseString(withText(text.trim().replace(/(\([&|!]|\))\s+(?=[()])/g, '$1')))
  } catch (error) {
    throw new LdapError('ldap_filter_invalid', { setting }, error)
  }
}

// The parser takes each escaped byte for a letter: those of one letter are put together before.
function withText(filter: string): string {
  return filter.replace(/(?:\\[89a-f][0-9a-f])+/gi, (bytes) =>
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes.replaceAll('\\', ''), 'hex')),
  )
}
