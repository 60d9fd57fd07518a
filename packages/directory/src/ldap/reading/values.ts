import { fold, parseDn } from './dn.ts'
import type { EntryResponse } from './protocol/response.ts'

// Longer than any real name.
const maxTextLength = 4_096

export type Report = (code: string, detail?: string) => void

/** The values of an attribute, empty if it is not read. The option `;binary` denotes the same attribute (RFC 4522). */
export function valuesOf(entry: EntryResponse, attribute: string | undefined): readonly Buffer[] {
  if (!attribute) return []
  const name = attribute.toLowerCase()
  return entry.attributes.get(name) ?? entry.attributes.get(`${name};binary`) ?? []
}

/**
 * The value of an attribute as text, in Unicode NFC and trimmed.
 *
 * The values of an attribute have no order (RFC 4511 §4.1.7): of several, the one in the entry's name is used, or else the
 * first by code points.
 */
export function textOf(entry: EntryResponse, attribute: string | undefined, report: Report): string | undefined {
  const texts = readTexts(valuesOf(entry, attribute), (code) => report(code, attribute))
  if (texts.length < 2 || !attribute) return texts[0]
  report('several_values', attribute)
  const rdnValue = parseDn(entry.dn)?.parts[0]?.find(([type]) => type === attribute.toLowerCase())?.[1]
  return texts.find((text) => fold(text) === rdnValue) ?? texts.toSorted()[0]
}

function readTexts(values: readonly Buffer[], report: (code: string) => void): string[] {
  return values.flatMap((value) => {
    if (value.length > maxTextLength) report('value_too_long')
    const text = value.length > maxTextLength ? '' : decodeUtf8(value)
    // PostgreSQL cannot store NUL either.
    if (text === undefined || text.includes('\0')) report('value_not_text')
    const trimmed = text?.includes('\0') ? '' : (text?.normalize('NFC').trim() ?? '')
    return trimmed === '' ? [] : [trimmed]
  })
}

/**
 * The identifier of an entry. 16 bytes that are not UTF-8 become a UUID in byte order, as in Pocket ID (Active Directory
 * itself shows the first half of an objectGUID in a different order); other binary values become base64.
 */
export function idOf(entry: EntryResponse, attribute: string, report: Report): string | undefined {
  const ids = valuesOf(entry, attribute).flatMap((value) => (value.length === 0 ? [] : [formatId(value)]))
  if (ids.length > 1) report('several_values', attribute)
  const id = ids.toSorted()[0]
  if (id === undefined || id.length > maxTextLength) {
    report('id_missing', attribute)
    return undefined
  }
  return id
}

function formatId(value: Buffer): string {
  const text = decodeUtf8(value)
  // An identifier of bytes may happen to be UTF-8; it is then full of control characters.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters distinguish binary values from text
  if (text !== undefined && !/[\u0000-\u001f\u007f]/.test(text)) return text.normalize('NFC')
  if (value.length !== 16) return value.toString('base64')
  return value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `undefined` if the bytes are not UTF-8. */
export function decodeUtf8(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value)
  } catch {
    return undefined
  }
}
