import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TrustProxy } from '@pocket/core'
import ipaddr from 'ipaddr.js'
import { type ProxySource, parseProxyHeader } from './proxy-header.ts'

/** How long a proxy may take to send the header, in milliseconds. */
const maxWait = 5000

/**
 * Reads the PROXY protocol header of each connection before the server does, and gives its sockets the client's IP address.
 * A trusted peer must send a header, other peers are rejected, and the machine itself may connect without one.
 */
export function acceptProxyProtocol(server: Server, isTrusted: TrustProxy): void {
  const accept = server.listeners('connection')
  const sources = new Map<string, ProxySource>()
  const connect = (socket: Socket) => {
    for (const listener of accept) listener.call(server, socket)
  }
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket
    const isLocal = isLoopback(remoteAddress)
    // A connection that ends before the server gets it would otherwise end the process.
    socket.on('error', () => socket.destroy())
    if (!isTrusted(remoteAddress)) {
      if (isLocal) connect(socket)
      else socket.destroy()
      return
    }
    receiveHeader(socket, isLocal, (source) => {
      if (source) {
        setSource(socket, source)
        const key = peerOf(socket)
        sources.set(key, source)
        socket.once('close', () => sources.delete(key))
      }
      connect(socket)
      // A TLS server reads the returned bytes itself.
      if (!(server instanceof TlsServer)) socket.resume()
    })
  })
  // A TLS socket is another object, and knows only the peer of the connection.
  server.prependListener('secureConnection', (socket: Socket) => {
    const source = sources.get(peerOf(socket))
    if (source) setSource(socket, source)
  })
}

function receiveHeader(socket: Socket, isOptional: boolean, done: (source: ProxySource | null) => void): void {
  let received = Buffer.alloc(0)
  const timer = setTimeout(() => socket.destroy(), maxWait)
  socket.once('close', () => clearTimeout(timer))
  socket.on('data', function receive(chunk: Buffer) {
    received = Buffer.concat([received, chunk])
    const header = parseProxyHeader(received)
    if (header.kind === 'incomplete') return
    clearTimeout(timer)
    socket.off('data', receive)
    socket.pause()
    if (header.kind === 'invalid' || (header.kind === 'absent' && !isOptional)) {
      socket.destroy()
      return
    }
    const { length, source } = header.kind === 'complete' ? header : { length: 0, source: null }
    if (received.length > length) socket.unshift(received.subarray(length))
    done(source)
  })
}

const connectionPeers = new WeakMap<Socket, string>()

/** Identifies a connection by the peer that opened it, even after its IP address was replaced. */
function peerOf(socket: Socket): string {
  const known = connectionPeers.get(socket)
  if (known !== undefined) return known
  const peer = `${socket.remoteAddress} ${socket.remotePort}`
  connectionPeers.set(socket, peer)
  return peer
}

function setSource(socket: Socket, { address, port }: ProxySource): void {
  peerOf(socket)
  Object.defineProperties(socket, { remoteAddress: { value: address }, remotePort: { value: port } })
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
