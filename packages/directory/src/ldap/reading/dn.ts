/** A parsed distinguished name (RFC 4514). */
export interface DistinguishedName {
  /** Equal for all variants of the name: ignores case, blanks, escapes and Unicode forms. */
  readonly key: string
  /** The RDNs, from the entry upwards, with types and values normalized as in `key`. */
  readonly parts: readonly (readonly (readonly [type: string, value: string])[])[]
}

// RFC 4514 §3; servers may use either form.
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.6': 'c',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  '2.5.4.9': 'street',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '0.9.2342.19200300.100.1.1': 'uid',
  '0.9.2342.19200300.100.1.25': 'dc',
}

const typePattern = /\s*(?:oid\.)?([a-z][a-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*/iy
const quotedPattern = /"((?:[^"\\]|\\[\s\S])*)"\s*/y
const plainPattern = /(?:[^,;+"\\]|\\[\s\S])*/y
const separatorPattern = /[,;+]|$/y

const maxDnLength = 8_192

/** `undefined` if the text is not a distinguished name. */
export function parseDn(text: string): DistinguishedName | undefined {
  if (text.length > maxDnLength) return undefined
  const parts: (readonly [string, string])[][] = [[]]
  for (let offset = 0; offset < text.length; ) {
    const type = matchAt(typePattern, text, offset)
    if (type === null) return undefined
    offset += type[0].length
    const value = matchAt(quotedPattern, text, offset) ?? matchAt(plainPattern, text, offset)
    if (value === null) return undefined
    offset += value[0].length
    const end = matchAt(separatorPattern, text, offset)
    if (end === null) return undefined
    offset += 1
    const attributeType = foldType(type[1] ?? '')
    parts.at(-1)?.push([attributeType, foldValue(value[1] ?? value[0])])
    // A separator must be followed by another part.
    if (end[0] !== '' && offset >= text.length) return undefined
    if (end[0] === ',' || end[0] === ';') parts.push([])
  }
  if (parts[0]?.length === 0) return undefined
  for (const part of parts) part.sort()
  return { key: JSON.stringify(parts), parts }
}

/** The key of a name; a name that cannot be parsed is its own key. */
export function nameKey(dn: string): string {
  return parseDn(dn)?.key ?? dn
}

export function fold(value: string): string {
  return value.normalize('NFC').toLowerCase().normalize('NFC')
}

export function isBelow(dn: DistinguishedName, base: DistinguishedName): boolean {
  const start = dn.parts.length - base.parts.length
  return start >= 0 && JSON.stringify(dn.parts.slice(start)) === base.key
}

function foldType(type: string): string {
  const lower = type.toLowerCase()
  return attributeNames[lower] ?? lower
}

function foldValue(raw: string): string {
  // A trailing blank counts only if it is escaped.
  const trimmed = raw.replace(/((?:^|[^\\])(?:\\\\)*)\s+$/, '$1')
  return fold(unescapeValue(trimmed).replace(/\s+/g, ' '))
}

function unescapeValue(value: string): string {
  return value.replace(/(?:\\[0-9a-f]{2})+|\\([\s\S])/gi, (escaped, character?: string) =>
    character === undefined ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8') : character,
  )
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset
  return pattern.exec(text)
}
