import type { Context } from 'koa'
import type { StoredImage } from './image.ts'
import { imageNotFound } from './refusals.ts'

const day = 24 * 3600
/** How long caches may keep an image, in seconds, and show it while they ask for a newer one. */
const fresh = 15 * 60
export const staleFor = { application: day, client: day / 2, user: 3600 } as const

/** What an image may be answered as. */
export const imageTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/svg+xml',
  'image/x-icon',
] as const

/** An image with its bytes at hand, or behind a call. */
export interface Served extends Pick<StoredImage, 'mediaType' | 'hash'> {
  readonly bytes: () => Promise<Buffer | undefined>
}

/** The beginning of an image's hash, by which an address names its content for ever. */
export function versionOf({ hash }: Pick<StoredImage, 'hash'>): string {
  return hash.slice(0, 16)
}

/**
 * Answers with an image (RFC 9111, RFC 5861), or with nothing where the caller has it. An SVG that is opened by itself may
 * do nothing.
 *
 * @param stale - seconds, one of `staleFor`
 * @throws {NotFound} `image_not_found` where its file is gone
 */
export async function serveImage(ctx: Context, image: Served, stale: number): Promise<void> {
  ctx.status = 200
  ctx.etag = image.hash
  ctx.set('Cache-Control', cacheControl(ctx, image, stale))
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
  if (ctx.fresh) return
  const bytes = await image.bytes()
  if (bytes === undefined) throw imageNotFound()
  ctx.type = image.mediaType
  ctx.body = bytes
}

function cacheControl({ query }: Context, image: Served, stale: number): string {
  if (query.v === versionOf(image)) return 'public, max-age=31536000, immutable'
  if (query.skipCache !== undefined) return 'no-cache'
  return `public, max-age=${fresh}, stale-while-revalidate=${stale}`
}
