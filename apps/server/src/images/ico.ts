import { invalidImage } from './image-errors.ts'
import { readStructure } from './structure.ts'

const headerLength = 6
const entryLength = 16
const maxImages = 60
/** Maximum side length in pixels. The directory field is limited to 256, but browsers use the size of the image itself. */
const maxSidePixels = 1024
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** The length of the BITMAPINFOHEADER at the start of an image that is not a PNG. */
const bitmapHeaderLength = 40

interface Icon {
  /** Without trailing data. */
  readonly bytes: Buffer
  /** An image that contains EXIF, XMP or trailing data. */
  readonly pngWithMetadata: Buffer | undefined
}

/**
 * Validates an ICO.
 *
 * @throws {InvalidInputError} `invalid_image` if its directory does not match its content, or an image is too large
 */
export function assertIco(bytes: Buffer): Icon {
  const count = bytes.length < headerLength ? 0 : bytes.readUInt16LE(4)
  if (count === 0 || count > maxImages || bytes.length < headerLength + count * entryLength)
    throw invalidImage('its directory is damaged')
  let end = 0
  let pngWithMetadata: Buffer | undefined
  for (let index = 0; index < count; index++) {
    const entry = headerLength + index * entryLength
    const size = bytes.readUInt32LE(entry + 8)
    const start = bytes.readUInt32LE(entry + 12)
    const image = bytes.subarray(start, start + size)
    const isKnownFormat =
      image.length >= bitmapHeaderLength && (image.indexOf(png) === 0 || image.readUInt32LE(0) === bitmapHeaderLength)
    if (start < headerLength + count * entryLength || image.length !== size || !isKnownFormat)
      throw invalidImage('one of its images is damaged')
    if (Math.max(...sidesOf(image)) > maxSidePixels) throw invalidImage('one of its images has too many pixels')
    if (image.indexOf(png) === 0 && !isPlainPng(image)) pngWithMetadata = image
    end = Math.max(end, start + size)
  }
  return { bytes: bytes.subarray(0, end), pngWithMetadata }
}

function isPlainPng(image: Buffer): boolean {
  const structure = readStructure(image, 'png')
  return structure?.end === image.length && !structure.hasMetadata
}

/** The height of a bitmap includes its mask, and a negative height means top-down rows. */
function sidesOf(image: Buffer): readonly number[] {
  if (image.indexOf(png) === 0) return [image.readUInt32BE(16), image.readUInt32BE(20)]
  return [Math.abs(image.readInt32LE(4)), Math.abs(image.readInt32LE(8)) / 2]
}
