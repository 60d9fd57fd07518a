import { fileTypeFromBuffer } from 'file-type'
import { type BitmapFormat, type BitmapRules, prepareBitmap } from './bitmap.ts'
import { assertIco } from './ico.ts'
import type { PreparedImage } from './image.ts'
import { unsupportedImage } from './refusals.ts'

type Kind = BitmapFormat | 'svg' | 'ico'

/** What an image may be, and what becomes of a bitmap. */
export interface ImageRules extends BitmapRules {
  readonly kinds: readonly Kind[]
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
const names: Readonly<Record<Kind, string>> = {
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
 * Makes of bytes from anybody an image for everybody: what it is, its content says and not its name; bitmaps are written
 * anew without what their camera knew, SVG loses whatever is not drawing, ICO is checked.
 *
 * @throws {UnsupportedMedia} `file_type_not_supported` for a kind that the rules do not name
 * @throws {InvalidInput} `invalid_image` for what is damaged or has too many pixels
 */
export async function prepareImage(bytes: Buffer, rules: ImageRules): Promise<PreparedImage> {
  const kind = await kindOf(bytes)
  if (kind === undefined || !rules.kinds.includes(kind))
    throw unsupportedImage(rules.kinds.map((each) => names[each]).join(', '))
  if (kind === 'svg') {
    // Three hundred modules that most instances never need.
    const { prepareSvg } = await import('./svg.ts')
    return prepareSvg(bytes)
  }
  if (kind === 'ico') return { bytes: assertIco(bytes), mediaType: 'image/x-icon' }
  return prepareBitmap(bytes, kind, rules)
}

async function kindOf(bytes: Buffer): Promise<Kind | undefined> {
  const found = await fileTypeFromBuffer(bytes)
  if (found !== undefined && found.mime !== 'application/xml') return kindsByMediaType[found.mime]
  return /<(?:[a-z]+:)?svg[\s>/]/i.test(bytes.subarray(0, 8192).toString('utf8')) ? 'svg' : undefined
}
