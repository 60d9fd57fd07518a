import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'

/** Milliseconds. */
const requestTimeout = 60_000
/** Milliseconds. Longer than a reverse proxy's idle timeout, usually a minute, so that it never reuses a closed connection. */
const keepAliveTimeout = 75_000
/** How long active requests may take when the handler is replaced, in milliseconds. */
const maxWait = 5000

/** An HTTP server whose handler can be replaced while it listens. */
export class ReplaceableServer {
  readonly server: Server
  readonly #active = new Set<ServerResponse>()
  #handler: RequestListener

  constructor(handler: RequestListener) {
    this.#handler = handler
    this.server = createServer({ maxHeaderSize: 32_768, requestTimeout, keepAliveTimeout }, (req, res) => {
      this.#active.add(res)
      res.once('close', () => this.#active.delete(res))
      this.#handler(req, res)
    })
  }

  /** Replaces the handler for new requests; resolves when the active ones have ended. */
  async replaceHandler(handler: RequestListener): Promise<void> {
    this.#handler = handler
    const { promise: timeout, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, maxWait)
    const ends = [...this.#active].map((res) => {
      const end = Promise.withResolvers<void>()
      res.once('close', end.resolve)
      return end.promise
    })
    await Promise.race([timeout, Promise.all(ends)])
    clearTimeout(timer)
  }

  /** Node applies this timeout to the whole server. */
  allowSlowRequests(): Disposable {
    this.server.requestTimeout = 0
    return {
      [Symbol.dispose]: () => {
        this.server.requestTimeout = requestTimeout
      },
    }
  }
}
