import { createServer, IncomingMessage } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import Koa from 'koa'
import { createGeoIp } from '../../src/geoip/geoip.ts'
import { locationNames } from '../../src/geoip/location-names.ts'
import { loadAssets, serveAssets } from '../../src/http/assets.ts'
import { type Catalogs, type Language, loadCatalogs } from '../../src/http/catalogs.ts'
import { createPageRenderer } from '../../src/http/page.ts'
import type { PageModel } from '../../src/http/page-models.ts'
import { noPictures } from '../../src/http/page-pictures.ts'
import { pageStates } from './page-states.ts'
import { now } from './states/common.ts'

const server = new URL('../../', import.meta.url)
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The data that a page script sent, and the response to it. */
export type Answer = (request: {
  method: string
  path: string
  body: string
}) => { status: number; body: unknown } | undefined

/** The location of every client on the public internet. */
const berlin = {
  countryCode: 'DE',
  country: { en: 'Germany', de: 'Deutschland' },
  city: { en: 'Berlin', ja: 'ベルリン' },
}

export interface PageServer extends AsyncDisposable {
  readonly origin: string
  readonly render: (page: PageModel) => Promise<string>
  readonly languages: readonly Language[]
  /** Pages in addition to those of `pageStates`. */
  readonly pages: Map<string, PageModel>
  /** Responds to paths that are not a page or an asset. */
  answer: Answer
}

/**
 * Renders pages as the product does, with the real templates, bundle and Content Security Policy.
 *
 * @param approvals - the number of users who wait for approval
 */
export async function startPageServer(catalogs?: Catalogs, approvals = 2): Promise<PageServer> {
  const assets = await loadAssets(fileURLToPath(new URL('dist/web', server)))
  const known = catalogs ?? (await loadCatalogs(fileURLToPath(new URL('locales', server))))
  const places = createGeoIp({ database: () => ({ find: () => berlin }), localIpv6Ranges: [] })
  const render = createPageRenderer({
    viewsDirectory: fileURLToPath(new URL('views', server)),
    assets,
    catalogs: known,
    issuer: 'https://id.example.com',
    appName: async () => 'Pocket ID',
    pictures: noPictures,
    railCounts: async () => ({ approvals }),
    appearance: async () => null,
    locationNames: (messages) => locationNames(places, messages),
    managed: async () => null,
    recovery: async () => 'by-email',
    clock: { now: () => now },
  })
  const pages = new Map(Object.entries(pageStates))
  const app = new Koa()
  app.use(serveAssets(assets))
  app.use(async (ctx) => {
    ctx.set('Content-Security-Policy', policy)
    const page = ctx.method === 'GET' ? pages.get(ctx.path.slice(1)) : undefined
    if (page) {
      ctx.type = 'html'
      ctx.body = await render(page, ctx.req)
      return
    }
    const result = running.answer({ method: ctx.method, path: ctx.path, body: await textOf(ctx.req) })
    if (result) Object.assign(ctx, { status: result.status, body: result.body })
  })
  const listener = createServer(app.callback()).listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  // A server that listens on TCP has an address with a port.
  const { port } = listener.address() as AddressInfo
  const running: PageServer = {
    origin: `http://localhost:${port}`,
    // Without this header the language is unknown.
    render: (page) => render(page, Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/' })),
    languages: known.languages,
    pages,
    answer: () => undefined,
    [Symbol.asyncDispose]: async () => {
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
  return running
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray()
  return Buffer.concat(chunks).toString('utf8')
}
