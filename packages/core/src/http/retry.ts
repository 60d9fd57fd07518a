import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UnavailableError } from '../errors.ts'

/** Whether repeating the request is safe. */
export function isRepeatable({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Sets `Retry-After` (RFC 9110 §10.2.3); browsers reload a page request automatically. */
export function setRetryHeaders(req: IncomingMessage, res: ServerResponse, { retryAfter }: UnavailableError): void {
  res.setHeader('Retry-After', String(retryAfter))
  if (isRepeatable(req)) res.setHeader('Refresh', String(retryAfter))
}
