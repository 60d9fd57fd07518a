import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import type { Context, Middleware, Next } from 'koa'

/** One asset file in every encoding that the bundle contains. */
export interface AssetFile {
  readonly type: string
  readonly bodies: ReadonlyMap<AssetEncoding, Buffer>
}

export type AssetEncoding = 'br' | 'gzip' | 'identity'

/** The scripts, styles and icons built by `scripts/bundle-web.ts`. They are all kept in memory: about 100 kB. */
export interface Assets {
  /** The URL path of a file by its logical name, such as `sign-in.js`. @throws {ConfigurationError} if the file does not exist */
  path(name: string): string
  /** The SVG element of an icon. @throws {ConfigurationError} if the icon does not exist */
  icon(name: string): string
  find(path: string): AssetFile | undefined
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}
const suffixes: readonly (readonly [AssetEncoding, string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
  ['identity', ''],
]
const prefix = '/assets/'

/**
 * Loads the bundle.
 *
 * @param directory - contains `manifest.json`, `icons.json` and the files that the manifest names
 * @throws {ConfigurationError} if the bundle has not been built
 */
export async function loadAssets(directory: string): Promise<Assets> {
  const manifest = await readBundle<Record<string, { readonly path: string }>>(directory, 'manifest.json')
  const icons = new Map(Object.entries(await readBundle<Record<string, string>>(directory, 'icons.json')))
  const paths = new Map(Object.entries(manifest).map(([name, { path }]) => [name, path]))
  const files = new Map<string, AssetFile>()
  for (const path of paths.values()) files.set(path, await readAsset(directory, path.slice(prefix.length)))

  const requireAsset = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new ConfigurationError(`The bundle has no ${name}.`)
    return value
  }
  return {
    path: (name) => requireAsset(paths.get(name), name),
    icon: (name) => requireAsset(icons.get(name), `icon ${name}`),
    find: (path) => files.get(path),
  }
}

/** The bundle is part of this program, so the output of `scripts/bundle-web.ts` needs no validation. */
async function readBundle<T>(directory: string, name: string): Promise<T> {
  const text = await readFile(join(directory, name), 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(`${join(directory, name)} cannot be read. Run "pnpm run build" first.`, { cause })
  })
  return JSON.parse(text) as T
}

async function readAsset(directory: string, name: string): Promise<AssetFile> {
  const type = types[extname(name)]
  if (type === undefined) throw new ConfigurationError(`${name} has no known type.`)
  const bodies = new Map<AssetEncoding, Buffer>()
  for (const [encoding, suffix] of suffixes) bodies.set(encoding, await readFile(join(directory, name + suffix)))
  return { type, bodies }
}

/**
 * Serves the files of the manifest. Names contain a content hash, so browsers may cache them permanently. Other requests go to
 * the next middleware.
 */
export function serveAssets(assets: Assets): Middleware {
  const serve = async (ctx: Context, next: Next, file: AssetFile): Promise<void> => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.status = 405
      ctx.set('Allow', 'GET, HEAD')
      ctx.body = { error: 'This URL accepts GET, HEAD.' }
      return
    }
    const encoding = preferredEncoding(ctx, file)
    const body = file.bodies.get(encoding)
    if (body === undefined) return next()
    ctx.status = 200
    ctx.type = file.type
    ctx.vary('Accept-Encoding')
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
    ctx.etag = `${ctx.path.slice(prefix.length)}-${encoding}`
    if (encoding !== 'identity') ctx.set('Content-Encoding', encoding)
    if (ctx.fresh) ctx.status = 304
    else ctx.body = body
  }
  return (ctx, next) => {
    const file = assets.find(ctx.path)
    return file === undefined ? next() : serve(ctx, next, file)
  }
}

function preferredEncoding(ctx: Context, file: AssetFile): AssetEncoding {
  const accepted = ctx.acceptsEncodings('br', 'gzip', 'identity')
  return suffixes.find(([encoding]) => encoding === accepted && file.bodies.has(encoding))?.[0] ?? 'identity'
}
