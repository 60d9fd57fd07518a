import { createHash } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { PagePictures } from '../http/page-pictures.ts'
import { accentOf } from './accent.ts'

export interface AppearanceDeps {
  /** Reads the appearance settings; never fails, because a page without them is better than no page. */
  readonly settings: () => Promise<Omit<AppearanceSettings, 'background'>>
  readonly pictures: Pick<PagePictures, 'instance'>
}

/** The appearance of an instance as a same-origin style sheet, so that no page needs an inline style. */
export interface Appearance {
  /** The URL of the style sheet for pages with this background; `null` if there is nothing to override. */
  urlFor(background: string | null): Promise<string | null>
  /** Serves the style sheet. Passes all other requests to the next middleware. */
  readonly serve: Middleware
}

const sheetPath = (hash: string) => `/assets/appearance.${hash}.css`
const sheetPathPattern = /^\/assets\/appearance\.[\w-]{16}\.css$/

export function createAppearance({ settings, pictures }: AppearanceDeps): Appearance {
  let cached: { readonly key: string; readonly sheet: StyleSheet | null } | undefined
  const sheetFor = async (background: string | null): Promise<StyleSheet | null> => {
    const values = { ...(await settings()), background }
    const key = JSON.stringify(values)
    if (cached?.key !== key) cached = { key, sheet: styleSheetOf(values) }
    return cached.sheet
  }

  const serveSheet = async (ctx: Context): Promise<void> => {
    const sheet = await sheetFor((await pictures.instance()).background)
    ctx.status = 200
    ctx.type = 'text/css; charset=utf-8'
    // Another replica may have rendered the page with newer or older settings.
    const isCurrent = sheet !== null && ctx.path === sheetPath(sheet.hash)
    ctx.set('Cache-Control', isCurrent ? 'public, max-age=31536000, immutable' : 'no-cache')
    ctx.etag = sheet?.hash ?? 'none'
    if (ctx.fresh) ctx.status = 304
    else ctx.body = sheet?.css ?? ''
  }

  return {
    async urlFor(background) {
      const sheet = await sheetFor(background)
      return sheet && sheetPath(sheet.hash)
    },

    serve(ctx, next) {
      const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
      return isRead && sheetPathPattern.test(ctx.path) ? serveSheet(ctx) : next()
    },
  }
}

interface AppearanceSettings {
  readonly accentColor: string
  readonly animationsDisabled: boolean
  readonly background: string | null
}

interface StyleSheet {
  readonly css: string
  readonly hash: string
}

/** The style sheet with the overrides, or `null` if there are none. */
export function styleSheetOf(settings: AppearanceSettings): StyleSheet | null {
  const declarations = declarationsOf(settings)
  if (declarations.length === 0) return null
  const css = `:root{${declarations.join(';')}}\n`
  return { css, hash: createHash('sha256').update(css).digest('base64url').slice(0, 16) }
}

function declarationsOf({ accentColor, animationsDisabled: still, background }: AppearanceSettings): readonly string[] {
  const accent = accentOf(accentColor)
  return [
    ...(accent === null
      ? []
      : [`--accent-hue:${accent.hue}`, `--accent-light:${accent.light}`, `--accent-dark:${accent.dark}`]),
    ...(still ? ['--t:0s'] : []),
    ...(background === null ? [] : [`--background:url("${encodeURI(background)}")`]),
  ]
}
