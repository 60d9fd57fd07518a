import type { IncomingMessage } from 'node:http'
import { Forbidden } from '../errors.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a request that another site's page makes a browser send. Browsers say where a request comes from
 * (`Sec-Fetch-Site`, `Origin`); programs that are no browsers say nothing and carry no cookies of a victim.
 *
 * @throws {Forbidden} `cross_site_request`
 */
export function assertSameOrigin(req: IncomingMessage, origins: readonly string[]): void {
  if (safeMethods.has(req.method ?? '')) return
  const { origin, 'sec-fetch-site': site } = req.headers
  const own =
    origin !== undefined ? origins.includes(origin) : site === undefined || site === 'same-origin' || site === 'none'
  if (!own || site === 'cross-site')
    throw new Forbidden('cross_site_request', 'The request comes from a page of another site.')
}
