import { createServer, IncomingMessage } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import Koa from 'koa'
import { createGeoIp } from '../../src/geoip/geoip.ts'
import { loadAssets, serveAssets } from '../../src/http/assets.ts'
import { type Catalogues, type Language, loadCatalogues } from '../../src/http/catalogues.ts'
import { createPageRenderer } from '../../src/http/page.ts'
import type { PageModel } from '../../src/http/page-models.ts'
import { noPictures } from '../../src/http/page-pictures.ts'
import { pageStates } from './page-states.ts'
import { now } from './states/common.ts'

const server = new URL('../../', import.meta.url)
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** What a script on a page sent, and how it is answered. */
export type Answer = (request: {
  method: string
  path: string
  body: string
}) => { status: number; body: unknown } | undefined

/** Where everybody is who comes from the public internet. */
const berlin = {
  countryCode: 'DE',
  country: { en: 'Germany', de: 'Deutschland' },
  city: { en: 'Berlin', ja: 'ベルリン' },
}

export interface PageServer extends AsyncDisposable {
  readonly origin: string
  readonly render: (page: PageModel) => Promise<string>
  readonly languages: readonly Language[]
  /** Pages beside those of `pageStates`. */
  readonly pages: Map<string, PageModel>
  /** Answers whatever is no page and no asset. */
  answer: Answer
}

/** Renders pages as the product does, from the real templates and the real bundle, under the real policy. */
export async function startPageServer(catalogues?: Catalogues): Promise<PageServer> {
  const assets = await loadAssets(fileURLToPath(new URL('dist/web', server)))
  const known = catalogues ?? (await loadCatalogues(fileURLToPath(new URL('locales', server))))
  const render = createPageRenderer({
    viewsDirectory: fileURLToPath(new URL('views', server)),
    assets,
    catalogues: known,
    issuer: 'https://id.example.com',
    appName: async () => 'Pocket ID',
    pictures: noPictures,
    appearance: async () => null,
    places: createGeoIp({ database: () => ({ find: () => berlin }), localIpv6Ranges: [] }),
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
    const answer = running.answer({ method: ctx.method, path: ctx.path, body: await textOf(ctx.req) })
    if (answer) Object.assign(ctx, { status: answer.status, body: answer.body })
  })
  const listener = createServer(app.callback()).listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  // A server that listens on TCP has an address with a port.
  const { port } = listener.address() as AddressInfo
  const running: PageServer = {
    origin: `http://localhost:${port}`,
    // Without a header there is nothing to go by.
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
