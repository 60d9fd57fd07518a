import { type BitmapFormat, inspectBitmap } from './bitmap.ts'
import { readStructure } from './structure.ts'

/** The maximum of an image that is kept byte for byte. */
const maxBytes = 2 * 1024 * 1024
const maxSidePixels = 4096
const maxFrames = 60

/**
 * Whether an image is published as it was sent: it ends with its last byte, so that it is not also another kind of file, and it contains
 * no EXIF or XMP.
 *
 * @throws {InvalidInputError} `invalid_image` if it cannot be decoded completely
 */
export async function canKeepOriginal(bytes: Buffer, kind: BitmapFormat): Promise<boolean> {
  const structure = readStructure(bytes, kind)
  if (bytes.length > maxBytes || structure?.end !== bytes.length) return false
  if (structure.hasMetadata || structure.frames > maxFrames) return false
  const { width, height, hasMetadata } = await inspectBitmap(bytes)
  return !hasMetadata && width <= maxSidePixels && height <= maxSidePixels
}
