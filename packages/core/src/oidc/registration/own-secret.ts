import type { IncomingMessage } from 'node:http'
import { findSecret } from '../../clients/secrets.ts'
import type { CoreContext } from '../../context.ts'
import { peekBody, replaceBody } from '../../http/peek-body.ts'
import { parseJsonObject } from '../../json-object.ts'
import { protocolRoutes } from '../paths.ts'

/** The body limit of the library. */
const maxBodyBytes = 56 * 1024
const clientPathPrefix = `${protocolRoutes.registration}/`

/**
 * A client that updates its registration may repeat its secret (RFC 7592 §2.2). The library would compare it with the
 * placeholder, so a correct secret is removed from the request; a wrong one remains and is rejected.
 */
export function createOwnSecretFilter({ stores, clock }: CoreContext) {
  return async (req: IncomingMessage, path: string): Promise<void> => {
    if (req.method !== 'PUT' || !path.startsWith(clientPathPrefix)) return
    if (!/^application\/json\b/i.test(req.headers['content-type'] ?? '')) return
    const body = parseJsonObject(String(await peekBody(req, maxBodyBytes)))
    const secret = body?.client_secret
    if (typeof secret !== 'string') return
    const client = await stores.clients.find(path.slice(clientPathPrefix.length))
    if (!client || !(await findSecret(client, secret, clock.now()))) return
    const { client_secret: _, ...rest } = body ?? {}
    replaceBody(req, Buffer.from(JSON.stringify(rest)))
  }
}
