import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned, type TestCertificate } from './certificates.ts'

/** A reverse proxy on this machine that serves some host names over https. */
export interface HttpsProxy extends AsyncDisposable {
  /** The address that it listens on, such as `127.0.0.1:8443`, for {@link BrowserOptions.hosts}. */
  readonly address: string
}

/**
 * Starts a proxy for a server that listens on plain http at `target`, such as `http://127.0.0.1:1411`. Uses a self-signed
 * certificate by default.
 */
export async function startHttpsProxy(
  hosts: readonly string[],
  target: string,
  certificate?: TestCertificate,
): Promise<HttpsProxy> {
  const server = createServer(certificate ?? (await selfSigned({ hosts })), (req, res) => forward(target, req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP always has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function forward(target: string, req: IncomingMessage, res: ServerResponse): void {
  const { hostname, port } = new URL(target)
  const headers = { ...req.headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': req.headers.host }
  const proxyRequest = request({ hostname, port, method: req.method, path: req.url, headers }, (proxyResponse) => {
    res.writeHead(proxyResponse.statusCode ?? 502, proxyResponse.rawHeaders)
    proxyResponse.pipe(res)
  })
  proxyRequest.on('error', () => res.destroy())
  req.pipe(proxyRequest)
}
