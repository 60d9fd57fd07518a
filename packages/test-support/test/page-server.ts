import { once } from 'node:events'
import { createServer } from 'node:http'

/** Serves one HTML page on `http://localhost:PORT/`. */
export async function servePage(html: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The TCP server has no port')
  return {
    url: `http://localhost:${address.port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
