import type { IncomingMessage } from 'node:http'

/**
 * Reads a body and keeps it readable for the next consumer. `undefined` if there is no body or it is longer than
 * `limit` bytes; the body stays readable in both cases.
 */
export async function peekBody(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (!hasBody(req)) return undefined
  const body = await readStart(req, limit)
  return req.complete && body.length > 0 && body.length <= limit ? body : undefined
}

/** Whether the body is longer than `limit` bytes; it stays readable. */
export async function isBodyLongerThan(req: IncomingMessage, limit: number): Promise<boolean> {
  if (!hasBody(req)) return false
  // Node rejects a body that is longer than its header says.
  if (req.headers['transfer-encoding'] === undefined) return Number(req.headers['content-length']) > limit
  return (await readStart(req, limit)).length > limit
}

/** The complete body, or more than `limit` bytes of it. */
async function readStart(req: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  while (!req.readableEnded && !req.destroyed) {
    for (let chunk = req.read(); chunk !== null; chunk = req.read()) {
      chunks.push(chunk)
      length += chunk.length
    }
    if (req.complete || length > limit) break
    await nextChange(req)
  }
  const body = Buffer.concat(chunks)
  // Unshift before the stream emits `end`, so that the next consumer can still read the data.
  if (body.length > 0 && !req.readableEnded) req.unshift(body)
  return body
}

/** Waits for more of the body or its end; an aborted request has no body. */
function nextChange(req: IncomingMessage): Promise<void> {
  const events = ['readable', 'end', 'close', 'error']
  return new Promise((resolve) => {
    const finish = () => {
      for (const event of events) req.off(event, finish)
      resolve()
    }
    for (const event of events) req.on(event, finish)
  })
}

/** Replaces a body that {@link peekBody} has returned. */
export function replaceBody(req: IncomingMessage, body: Buffer): void {
  while (req.read() !== null);
  req.headers['content-length'] = String(body.length)
  delete req.headers['transfer-encoding']
  req.unshift(body)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
