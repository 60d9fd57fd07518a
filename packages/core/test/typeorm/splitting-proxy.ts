import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy to a PostgreSQL server that delivers every server message separately, as on a slow network. */
export async function startSplittingProxy(address: string): Promise<AsyncDisposable & { readonly address: string }> {
  const url = new URL(address)
  const there = { host: url.hostname, port: Number(url.port) }
  const sockets = new Set<Socket>()
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect(there)
    for (const socket of [client, server]) sockets.add(socket.on('error', () => socket.destroy()))
    client.pipe(server)
    forward(server, client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  url.hostname = '127.0.0.1'
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    address: url.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

function forward(server: Socket, client: Socket): void {
  let buffered = Buffer.alloc(0)
  let forwarding = false
  const forwardNext = () => {
    // A message consists of a letter, its length without that letter, and the payload.
    const end = buffered.length < 5 ? Number.POSITIVE_INFINITY : buffered.readUInt32BE(1) + 1
    forwarding = buffered.length >= end
    if (!forwarding) return
    client.write(buffered.subarray(0, end), () => setImmediate(forwardNext))
    buffered = buffered.subarray(end)
  }
  server.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    if (!forwarding) forwardNext()
  })
}
