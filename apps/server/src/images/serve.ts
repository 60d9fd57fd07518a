import type { Context } from 'koa'
import type { StoredImage } from './image.ts'
import { imageNotFound } from './image-errors.ts'

const day = 24 * 3600
/** How long caches may keep an image, in seconds, and serve it while they revalidate. */
const maxAgeSeconds = 15 * 60
export const staleWhileRevalidate = { application: day, client: day / 2, user: 3600 } as const

export const imageTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/svg+xml',
  'image/x-icon',
] as const

/** An image whose bytes are loaded on demand. */
export interface ServedImage extends Pick<StoredImage, 'mediaType' | 'hash'> {
  readonly bytes: () => Promise<Buffer | undefined>
}

/** For the documentation of uploads. */
export const reencodedNote =
  'A PNG, JPEG, WebP, GIF, AVIF or ICO without EXIF, XMP and trailing data, of at most 2 MiB, 4,096 pixels a side and 60 frames, is kept byte for byte. If the stored image differs, the response has the header `X-Image-Reencoded: 1`.'

/** Tells a program that compares hashes that the stored image differs from the one it sent. */
export function markReencoded(ctx: Context, isReencoded: boolean): void {
  if (isReencoded) ctx.set('X-Image-Reencoded', '1')
}

/** The prefix of an image's hash, which makes its URL permanently cacheable. */
export function versionOf({ hash }: Pick<StoredImage, 'hash'>): string {
  return hash.slice(0, 16)
}

/**
 * Responds with an image (RFC 9111, RFC 5861), or with 304 if the caller has it. An SVG that is opened directly cannot run
 * scripts.
 *
 * @param staleSeconds - one of `staleWhileRevalidate`
 * @throws {NotFoundError} `image_not_found` if its file is missing
 */
export async function serveImage(ctx: Context, image: ServedImage, staleSeconds: number): Promise<void> {
  ctx.status = 200
  ctx.etag = image.hash
  ctx.set('Cache-Control', cacheControl(ctx, image, staleSeconds))
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
  if (ctx.fresh) return
  const bytes = await image.bytes()
  if (bytes === undefined) throw imageNotFound()
  ctx.type = image.mediaType
  ctx.body = bytes
}

function cacheControl({ query }: Context, image: ServedImage, staleSeconds: number): string {
  if (query.v === versionOf(image)) return 'public, max-age=31536000, immutable'
  if (query.skipCache !== undefined) return 'no-cache'
  return `public, max-age=${maxAgeSeconds}, stale-while-revalidate=${staleSeconds}`
}
