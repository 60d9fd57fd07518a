import type { IncomingMessage, ServerResponse } from 'node:http'
import { Misconfigured } from '../errors.ts'

/**
 * Drops what is left of a body once the answer is out. A body that somebody began to read and gave up, such as one that is
 * too large, would otherwise keep the next request on its connection waiting until that is cut.
 */
export function discardUnreadBody(req: IncomingMessage, res: ServerResponse): void {
  res.once('finish', () => {
    if (!req.complete) req.resume()
  })
}

/**
 * Where something has read a body before us, nothing is left to read.
 *
 * @throws {Misconfigured} which says what to do about it
 */
export function assertUnread(req: IncomingMessage): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  if (hasBody && req.readableEnded)
    throw new Misconfigured('Something has read the body of a request for Pocket: use Pocket before any body parser.', {
      details: { option: 'callback' },
    })
}
