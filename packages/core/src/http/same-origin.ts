import type { IncomingMessage } from 'node:http'
import { list, request } from '../arguments.ts'
import { ForbiddenError } from '../errors.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Rejects requests that a page of another site caused. Browsers report the source of a request in `Sec-Fetch-Site`,
 * which pages cannot change (Fetch Metadata §2.4); older browsers only send `Origin`. Other programs send neither
 * header, and have no cookies of a victim.
 *
 * @throws {ForbiddenError} `cross_site_request` @throws {InvalidInputError} `validation_failed`, with the invalid argument
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
  request(req)
  list('origins')(origins)
  if (safeMethods.has(req.method ?? '')) return
  const { origin, 'sec-fetch-site': site } = req.headers
  // Both headers must match: with DNS rebinding, an attacker's page counts as same-origin, but its `Origin` differs.
  const isSameOrigin =
    (origin === undefined || origins.includes(origin)) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  if (!isSameOrigin) throw new ForbiddenError('cross_site_request', 'The request comes from a page of another site.')
}
