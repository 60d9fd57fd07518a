import type { EntryResponse } from './protocol/response.ts'
import { decodeUtf8, type Report, valuesOf } from './values.ts'

const base64Pattern = /^(?:data:image\/[a-z.+-]+;base64,)?([a-z0-9+/\s]{16,}={0,2}\s*)$/i
const urlPattern = /^\s*[a-z][a-z0-9+.-]*:\/\//i

/** A copy of the picture's bytes; of several values, the first in byte order. A URL is reported and never fetched. */
export function pictureOf(entry: EntryResponse, attribute: string | undefined, report: Report): Uint8Array | undefined {
  const [value] = valuesOf(entry, attribute)
    .filter(({ length }) => length > 0)
    .toSorted(Buffer.compare)
  if (value === undefined) return undefined
  const prefix = decodeUtf8(value.subarray(0, 64).filter((byte) => byte < 0x80)) ?? ''
  if (urlPattern.test(prefix)) {
    report('picture_is_address', attribute)
    return undefined
  }
  const text = value.every((byte) => byte < 0x80) ? value.toString('latin1') : ''
  const encoded = base64Pattern.exec(text)?.[1]
  return Uint8Array.from(encoded === undefined ? value : Buffer.from(encoded, 'base64'))
}
