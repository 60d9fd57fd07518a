import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Unavailable } from '../errors.ts'

/** Whether a browser that asks again changes nothing by that. */
export function isRepeatable({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Says when to come again (RFC 9110 §10.2.3); a browser that has asked for a page does so by itself. */
export function retryHeaders(req: IncomingMessage, res: ServerResponse, { retryAfter }: Unavailable): void {
  res.setHeader('Retry-After', String(retryAfter))
  if (isRepeatable(req)) res.setHeader('Refresh', String(retryAfter))
}
