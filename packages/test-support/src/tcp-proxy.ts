import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A proxy before another server, which can emulate an outage of that server. */
export interface TcpProxy extends AsyncDisposable {
  /** The URL of the other server with the host and port of the proxy. */
  readonly url: string
  /** Connections stay open without responses, and new ones are accepted. */
  suspend(): void
  resume(): void
  /** Delays everything that the other server sends, in milliseconds. */
  delay(milliseconds: number): void
}

/** Disposal ends all connections, and new ones are refused. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isSuspended = false
  let latency = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      let sent = Promise.resolve()
      socket.on('data', (chunk) => {
        // Chunks keep their order when the delay becomes shorter.
        const wait = latency > 0 && socket === upstream ? setTimeout(latency) : undefined
        sent = Promise.all([sent, wait]).then(() => void other.write(chunk))
      })
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      if (isSuspended) socket.pause()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  // A server that listens on TCP has an address with a port.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    suspend() {
      isSuspended = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      isSuspended = false
      for (const socket of sockets) socket.resume()
    },
    delay(milliseconds) {
      latency = milliseconds
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
