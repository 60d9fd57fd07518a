import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Drops what is left of a body once the answer is out. A body that somebody began to read and gave up, such as one that is
 * too large, would otherwise keep the next request on its connection waiting until that is cut.
 */
export function dropUnreadBody(req: IncomingMessage, res: ServerResponse): void {
  res.once('finish', () => {
    if (!req.complete) req.resume()
  })
}
