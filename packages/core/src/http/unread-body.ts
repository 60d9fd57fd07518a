import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigurationError } from '../errors.ts'

/**
 * Discards the rest of a body after the response is sent. Otherwise a partly read body, such as one that is too large,
 * would block the next request on the connection.
 */
export function discardUnreadBody(req: IncomingMessage, res: ServerResponse): void {
  res.once('finish', () => {
    if (!req.complete) req.resume()
  })
}

/**
 * Rejects a request whose body other middleware has already consumed.
 *
 * @throws {ConfigurationError} with instructions for the developer
 */
export function assertBodyUnread(req: IncomingMessage): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  if (hasBody && req.readableEnded)
    throw new ConfigurationError('The request body has already been read: mount Pocket before any body parser.', {
      details: { option: 'callback' },
    })
}
