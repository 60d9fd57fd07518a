import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CoreContext } from '../context.ts'
import { setCommonHeaders } from '../http/page-headers.ts'

export const webFingerPath = '/.well-known/webfinger'

/** The link relation for issuer discovery (OpenID Connect Discovery §2). */
const issuerRelation = 'http://openid.net/specs/connect/1.0/issuer'

/**
 * Returns this issuer for `acct:` resources of the configured domains (RFC 7033 §4). Responds the same for unknown users, to
 * prevent user enumeration.
 */
export function createWebFinger({ issuer: { id: issuer }, webFingerDomains: domains }: CoreContext) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    setCommonHeaders(res)
    res.removeHeader('Content-Security-Policy')
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Cache-Control', 'no-store')
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    const query = new URL(req.url ?? '/', issuer).searchParams
    const resources = query.getAll('resource')
    const [resource = ''] = resources
    if (resources.length !== 1 || resource.length > 2000 || !/^[a-z][a-z0-9+.-]*:./i.test(resource)) {
      res.writeHead(400).end()
      return
    }
    const domain = /^acct:[^@\s]+@([^@\s/]+)$/i.exec(resource)?.[1]?.toLowerCase()
    if (domain === undefined || !(await domains()).includes(domain)) {
      res.writeHead(404).end()
      return
    }
    const relations = query.getAll('rel')
    const links =
      relations.length === 0 || relations.includes(issuerRelation) ? [{ rel: issuerRelation, href: issuer }] : []
    res.writeHead(200, { 'Content-Type': 'application/jrd+json' })
    res.end(req.method === 'HEAD' ? undefined : JSON.stringify({ subject: resource, links }))
  }
}
