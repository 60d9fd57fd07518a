import { invalidImage } from './refusals.ts'

const headerLength = 6
const entryLength = 16
const mostImages = 64
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** The length of the BITMAPINFOHEADER that an image begins with where it is no PNG. */
const bitmapHeader = 40

/** Returns the ICO as it is. @throws {InvalidInput} `invalid_image` where its directory does not fit what it holds */
export function assertIco(bytes: Buffer): Buffer {
  const count = bytes.length < headerLength ? 0 : bytes.readUInt16LE(4)
  if (count === 0 || count > mostImages || bytes.length < headerLength + count * entryLength)
    throw invalidImage('its directory is damaged')
  for (let index = 0; index < count; index++) {
    const entry = headerLength + index * entryLength
    const size = bytes.readUInt32LE(entry + 8)
    const start = bytes.readUInt32LE(entry + 12)
    const image = bytes.subarray(start, start + size)
    const known = image.length >= bitmapHeader && (image.indexOf(png) === 0 || image.readUInt32LE(0) === bitmapHeader)
    if (start < headerLength + count * entryLength || image.length !== size || !known)
      throw invalidImage('one of its images is damaged')
  }
  return bytes
}
