import sharp, { type Metadata, type Sharp } from 'sharp'
import type { PreparedImage } from './image.ts'
import { invalidImage } from './image-errors.ts'

export type BitmapFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'tiff'

export interface BitmapRules {
  /** `square`: cropped to the centre and resized; `within`: scaled down if a side is longer. Pixels. */
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
  try {
    const { width, height, pages = 1 } = await metadataOf(bytes)
    if (width * height * pages > maxPixels) throw invalidImage('it has too many pixels')
    const format = rules.format ?? outputFormats[kind]
    const animated = pages > 1 && (format === 'gif' || format === 'webp')
    const image = sharp(bytes, { animated, limitInputPixels: maxPixels, failOn: 'warning' }).timeout({
      seconds: maxSeconds,
    })
    const encoded = resize(image.autoOrient(), rules).toFormat(format)
    return { bytes: await encoded.toBuffer(), mediaType: `image/${format}` }
  } catch (error) {
    // Every sharp error means that the image is invalid.
    if (error instanceof Error && error.name !== 'InvalidInputError') throw invalidImage('it is damaged', error)
    throw error
  }
}

const outputFormats = { png: 'png', jpeg: 'jpeg', gif: 'gif', webp: 'webp', avif: 'webp', tiff: 'png' } as const

/** The dimensions of one frame. */
async function metadataOf(bytes: Buffer): Promise<Pick<Metadata, 'width' | 'height' | 'pages'>> {
  const { width, height, pages } = await sharp(bytes, { limitInputPixels: false }).metadata()
  return { width, height, ...(pages !== undefined && { pages }) }
}

function resize(image: Sharp, { fit, sideLength }: BitmapRules): Sharp {
  return fit === 'square'
    ? image.resize(sideLength, sideLength, { fit: 'cover', kernel: 'lanczos3' })
    : image.resize(sideLength, sideLength, { fit: 'inside', withoutEnlargement: true })
}
