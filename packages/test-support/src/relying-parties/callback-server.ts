import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** An authorization response, as a relying party receives it. */
export interface ReceivedCallback {
  readonly method: 'GET' | 'POST'
  /** Absolute, with its query. */
  readonly url: string
  /** From the query of a GET (`response_mode=query`) or the body of a POST (`form_post`). */
  readonly parameters: URLSearchParams
}

/** Serves the redirect URI of a relying party. */
export interface CallbackServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a trailing slash; every path below it is a callback. */
  readonly url: string
  /**
   * The oldest callback not yet taken, or the next one to arrive. Rejects if none arrives within `timeout` milliseconds
   * (default 120 000), or when the server closes.
   */
  next(timeout?: number): Promise<ReceivedCallback>
  /** The number of callbacks not yet taken. */
  readonly waiting: number
  close(): Promise<void>
}

interface Waiter {
  readonly take: (callback: ReceivedCallback) => void
  readonly fail: (reason: Error) => void
}

const maxBodyBytes = 64 * 1024

/**
 * Listens on a free port of 127.0.0.1 for authorization responses and shows a short page in the browser.
 *
 * @example
 * ```ts
 * await using callback = await startCallbackServer()
 * const client = await pocket.clients.create({ name: 'App', redirectUris: [callback.url] })
 * ```
 */
export async function startCallbackServer(): Promise<CallbackServer> {
  const received: ReceivedCallback[] = []
  const waiters: Waiter[] = []
  const server = createServer((request, response) => {
    answer(request, response).then(
      (callback) => {
        if (callback === null) return
        const waiter = waiters.shift()
        if (waiter === undefined) received.push(callback)
        else waiter.take(callback)
      },
      (reason: Error) => response.destroy(reason),
    )
  })
  await new Promise<void>((onListening, onError) => {
    server.once('error', onError).listen(0, '127.0.0.1', onListening)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The callback server has no port')

  function next(timeout = 120_000): Promise<ReceivedCallback> {
    const callback = received.shift()
    if (callback !== undefined) return Promise.resolve(callback)
    return new Promise((onCallback, onError) => {
      const fail = (reason: Error) => {
        clearTimeout(timer)
        waiters.splice(waiters.indexOf(waiter), 1)
        onError(reason)
      }
      const take = (taken: ReceivedCallback) => {
        clearTimeout(timer)
        onCallback(taken)
      }
      const waiter: Waiter = { take, fail }
      const timer = setTimeout(() => fail(new Error(`No callback within ${timeout} ms`)), timeout)
      waiters.push(waiter)
    })
  }

  async function close(): Promise<void> {
    for (const waiter of [...waiters]) waiter.fail(new Error('The callback server was closed'))
    if (!server.listening) return
    await new Promise<void>((onClosed, onError) => {
      server.close((error) => (error === undefined ? onClosed() : onError(error)))
      server.closeAllConnections()
    })
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    next,
    get waiting() {
      return received.length
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<ReceivedCallback | null> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`)
  // Browsers request it automatically.
  if (url.pathname === '/favicon.ico') return rejectRequest(response, 404)
  if (request.method === 'GET')
    return acceptCallback(response, { method: 'GET', url: url.href, parameters: url.searchParams })
  if (request.method !== 'POST') return rejectRequest(response, 405)
  if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
    return rejectRequest(response, 415)
  const body = await readBody(request)
  if (body === null) return rejectRequest(response, 413)
  return acceptCallback(response, { method: 'POST', url: url.href, parameters: new URLSearchParams(body) })
}

function acceptCallback(response: ServerResponse, callback: ReceivedCallback): ReceivedCallback {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end('<!doctype html><html lang="en"><title>Callback received</title><p>Callback received.</p></html>')
  return callback
}

function rejectRequest(response: ServerResponse, status: number): null {
  response.writeHead(status, { connection: 'close' }).end()
  return null
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('A request body without an encoding comes in buffers')
    size += chunk.length
    if (size > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
