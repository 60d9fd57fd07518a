import type { IncomingMessage } from 'node:http'
import { Forbidden } from '../errors.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a request that another site's page makes a browser send. A browser says where a request comes from by
 * `Sec-Fetch-Site`, which no page can change (Fetch Metadata §2.4); an older one by `Origin` alone. Programs that are no
 * browsers say nothing, and carry no cookies of a victim.
 *
 * @throws {Forbidden} `cross_site_request`
 *
 * @example
 * ```ts
 * app.post('/profile', (req, res) => {
 *   assertSameOrigin(req, [pocket.originOf(req)])
 *   // …
 * })
 * ```
 */
export function assertSameOrigin(req: IncomingMessage, origins: readonly string[]): void {
  if (safeMethods.has(req.method ?? '')) return
  const { origin, 'sec-fetch-site': site } = req.headers
  // Both have to be right: a page whose host name was turned to our address is its own site, but has another origin.
  const own =
    (origin === undefined || origins.includes(origin)) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  if (!own) throw new Forbidden('cross_site_request', 'The request comes from a page of another site.')
}
