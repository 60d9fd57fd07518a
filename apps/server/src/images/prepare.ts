import { fileTypeFromBuffer } from 'file-type'
import type { BitmapFormat, BitmapRules } from './bitmap.ts'
import { assertIco } from './ico.ts'
import type { PreparedImage } from './image.ts'
import { unsupportedImage } from './image-errors.ts'

type Kind = BitmapFormat | 'svg' | 'ico'

/** The accepted formats, and how bitmaps are processed. */
export interface ImageRules extends BitmapRules {
  readonly kinds: readonly Kind[]
  /** Whether a safe bitmap is stored unchanged, so that programs can compare its hash. */
  readonly keepsOriginals?: true
}

const kindsByMediaType: Readonly<Record<string, Kind>> = {
  'image/png': 'png',
  'image/apng': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/tiff': 'tiff',
  'image/x-icon': 'ico',
}
const kindNames: Readonly<Record<Kind, string>> = {
  png: 'PNG',
  jpeg: 'JPEG',
  gif: 'GIF',
  webp: 'WebP',
  avif: 'AVIF',
  tiff: 'TIFF',
  svg: 'SVG',
  ico: 'ICO',
}

/**
 * Turns an untrusted upload into an image that is safe to publish: the content determines the type, not the file name; bitmaps
 * are re-encoded without metadata unless the original can be kept, SVG is sanitized, ICO is validated.
 *
 * @throws {UnsupportedMediaTypeError} `file_type_not_supported` for a format that the rules do not name
 * @throws {InvalidInputError} `invalid_image` for a damaged image or one with too many pixels
 */
export async function prepareImage(bytes: Buffer, rules: ImageRules): Promise<PreparedImage> {
  const kind = await detectKind(bytes)
  if (kind === undefined || !rules.kinds.includes(kind))
    throw unsupportedImage(rules.kinds.map((accepted) => kindNames[accepted]))
  // The image libraries are loaded on demand: they are large, and uploads are rare.
  if (kind === 'svg') {
    const { prepareSvg } = await import('./svg.ts')
    return prepareSvg(bytes)
  }
  const { prepareBitmap } = await import('./bitmap.ts')
  if (kind === 'ico') {
    const { bytes: icon, pngWithMetadata } = assertIco(bytes)
    return pngWithMetadata ? prepareBitmap(pngWithMetadata, 'png', rules) : { bytes: icon, mediaType: 'image/x-icon' }
  }
  const { canKeepOriginal } = await import('./original.ts')
  if (rules.keepsOriginals && (await canKeepOriginal(bytes, kind))) return { bytes, mediaType: `image/${kind}` }
  return prepareBitmap(bytes, kind, rules)
}

async function detectKind(bytes: Buffer): Promise<Kind | undefined> {
  const fileType = await fileTypeFromBuffer(bytes)
  if (fileType !== undefined && fileType.mime !== 'application/xml') return kindsByMediaType[fileType.mime]
  return /<(?:[a-z]+:)?svg[\s>/]/i.test(bytes.subarray(0, 8192).toString('utf8')) ? 'svg' : undefined
}
