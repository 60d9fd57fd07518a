import type { Context } from 'koa'

/** Bytes. */
const maxDiscarded = 32 * 1024 * 1024

/**
 * Receives and discards more of a rejected body, up to 32 MiB, before the connection is closed. Some clients read no response
 * before they have sent everything, and closing early loses the response (RFC 9112 §9.6). Node closes with the response if the
 * connection is not kept alive, as nginx requests it; the response then has to wait.
 */
export async function discardBody({ req, res }: Context): Promise<void> {
  const { promise: end, resolve } = Promise.withResolvers<void>()
  let remaining = maxDiscarded
  req.unpipe()
  req.on('data', (chunk: Buffer) => {
    remaining -= chunk.length
    if (remaining >= 0) return
    if (res.shouldKeepAlive) req.socket.destroy()
    else resolve()
  })
  req.once('end', resolve)
  req.once('close', resolve)
  req.resume()
  if (!res.shouldKeepAlive && !req.complete && !req.destroyed) await end
}
