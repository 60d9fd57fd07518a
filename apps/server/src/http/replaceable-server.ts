import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { TrustProxy } from '@pocket/core'
import type { TlsConfig } from '../config/tls.ts'
import type { Logger } from '../logging/logger.ts'
import { acceptProxyProtocol } from './proxy-protocol.ts'
import { certificatesOf, reloadCertificates } from './tls.ts'

/** Milliseconds. */
const requestTimeout = 60_000
/** Milliseconds. Longer than a reverse proxy's idle timeout, usually a minute, so that it never reuses a closed connection. */
const keepAliveTimeout = 75_000
/** How long active requests may take when the handler is replaced, in milliseconds. */
const maxWait = 5000

export interface ConnectionConfig {
  readonly tls: TlsConfig | undefined
  /** The peers whose connections begin with a header of the PROXY protocol. */
  readonly proxyProtocol: TrustProxy | undefined
}

/** An HTTP or HTTPS server whose handler can be replaced while it listens. */
export class ReplaceableServer implements Disposable {
  readonly server: Server
  readonly #certificates: Disposable | undefined
  readonly #active = new Set<ServerResponse>()
  #isDraining = false
  #handler: RequestListener

  constructor(
    handler: RequestListener,
    { tls, proxyProtocol }: ConnectionConfig,
    logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.#handler = handler
    const options = { maxHeaderSize: 32_768, requestTimeout, keepAliveTimeout }
    const listener: RequestListener = (req, res) => {
      this.#active.add(res)
      res.once('close', () => this.#active.delete(res))
      if (this.#isDraining) closeAfter(res)
      this.#handler(req, res)
    }
    this.server = tls
      ? createTlsServer({ ...options, ...certificatesOf(tls) }, listener)
      : createServer(options, listener)
    if (proxyProtocol) acceptProxyProtocol(this.server, proxyProtocol)
    if (tls && this.server instanceof TlsServer) this.#certificates = reloadCertificates(this.server, tls, logger)
  }

  [Symbol.dispose](): void {
    this.#certificates?.[Symbol.dispose]()
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

  /** Closes each connection after the next response, which announces it: a client must not send a request to a closed connection. */
  drain(): void {
    this.#isDraining = true
    for (const res of this.#active) closeAfter(res)
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

function closeAfter(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close')
}
