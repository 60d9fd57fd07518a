import type { Assets } from '../http/assets.ts'
import type { PagePictures } from '../http/page-pictures.ts'
import { type PageRoute, route } from '../http/page-routes.ts'

export interface SiteFileDeps {
  readonly appName: () => Promise<string>
  readonly pictures: Pick<PagePictures, 'instance'>
  readonly assets: Pick<Assets, 'path'>
}

/** `/robots.txt` and `/app.webmanifest` (Web App Manifest), at the paths of Pocket ID. */
export function siteFiles({ appName, pictures, assets }: SiteFileDeps): readonly PageRoute[] {
  return [
    route.get('/robots.txt', async (ctx) => {
      ctx.type = 'text/plain'
      ctx.body = 'User-agent: *\nDisallow: /\nNoindex: /'
    }),
    route.get('/app.webmanifest', async (ctx) => {
      const name = await appName()
      const { favicon } = await pictures.instance()
      const icons = favicon
        ? [{ src: favicon.href, type: favicon.type, sizes: 'any' }]
        : [
            { src: assets.path('favicon.svg'), type: 'image/svg+xml', sizes: 'any' },
            ...[192, 512].map((size) => ({
              src: assets.path(`icon-${size}.png`),
              type: 'image/png',
              sizes: `${size}x${size}`,
              purpose: 'any maskable',
            })),
          ]
      ctx.set('Content-Type', 'application/manifest+json')
      ctx.body = JSON.stringify({
        name,
        short_name: name,
        start_url: '/',
        orientation: 'any',
        dir: 'auto',
        display: 'minimal-ui',
        icons,
      })
    }),
  ]
}
