import sharp, { type Metadata, type Sharp } from 'sharp'
import type { PreparedImage } from './image.ts'
import { invalidImage } from './image-errors.ts'

export type BitmapFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'tiff'

export interface BitmapRules {
  /** `square`: cropped to the center and resized; `within`: scaled down if a side is longer. Pixels. */
  readonly fit: 'square' | 'within'
  readonly sideLength: number
  /** The output format; by default the input format if browsers support it. */
  readonly format?: 'png'
}

/** Pixels of all frames together: more than any phone camera produces. */
const maxPixels = 60_000_000
const maxSeconds = 15

/** @throws {InvalidInputError} `invalid_image` */
export async function prepareBitmap(bytes: Buffer, kind: BitmapFormat, rules: BitmapRules): Promise<PreparedImage> {
  return decodeSafely(async () => {
    const { pages } = await readMetadata(bytes)
    const format = rules.format ?? outputFormats[kind]
    const animated = pages > 1 && (format === 'gif' || format === 'webp')
    const encoded = resize(open(bytes, animated).autoOrient(), rules).toFormat(format)
    return { bytes: await encoded.toBuffer(), mediaType: `image/${format}` }
  })
}

/** Decodes all frames. @throws {InvalidInputError} `invalid_image` */
export function inspectBitmap(bytes: Buffer): Promise<Inspection> {
  return decodeSafely(async () => {
    const { width, height, exif, xmp } = await readMetadata(bytes)
    await open(bytes, true).resize(1, 1, { fit: 'fill' }).raw().toBuffer()
    return { width, height, hasMetadata: exif !== undefined || xmp !== undefined }
  })
}

/** Pixels of one frame. */
interface Inspection {
  readonly width: number
  readonly height: number
  readonly hasMetadata: boolean
}

async function decodeSafely<Result>(decode: () => Promise<Result>): Promise<Result> {
  try {
    return await decode()
  } catch (error) {
    // Every sharp error means that the image is invalid.
    if (error instanceof Error && error.name !== 'InvalidInputError') throw invalidImage('it is damaged', error)
    throw error
  }
}

function open(bytes: Buffer, animated: boolean): Sharp {
  return sharp(bytes, { animated, limitInputPixels: maxPixels, failOn: 'warning' }).timeout({ seconds: maxSeconds })
}

const outputFormats = { png: 'png', jpeg: 'jpeg', gif: 'gif', webp: 'webp', avif: 'webp', tiff: 'png' } as const

/** With the dimensions of one frame. @throws {InvalidInputError} `invalid_image` if all frames have too many pixels */
async function readMetadata(bytes: Buffer): Promise<Metadata & { readonly pages: number }> {
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata()
  const { width, height, pages = 1 } = metadata
  if (width * height * pages > maxPixels) throw invalidImage('it has too many pixels')
  return { ...metadata, pages }
}

function resize(image: Sharp, { fit, sideLength }: BitmapRules): Sharp {
  return fit === 'square'
    ? image.resize(sideLength, sideLength, { fit: 'cover', kernel: 'lanczos3' })
    : image.resize(sideLength, sideLength, { fit: 'inside', withoutEnlargement: true })
}
