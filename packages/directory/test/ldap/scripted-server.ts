import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TestCertificate } from '@pocket/test-support/certificates'
import { BerReader, BerWriter, PagedResultsControl, SearchRequest } from 'ldapts'

/** A request from the client. */
export interface LdapRequest {
  readonly id: number
  /** Tag of the operation: 0x60 bind, 0x63 search, 0x77 extended. */
  readonly operation: number
  readonly search?: SearchRequest
  /** The cookie of the requested page, as text. */
  readonly cookie: string
}

/** A scripted LDAP server. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
}

/** The behavior of the server. By default it accepts every bind and sends nothing else. */
export interface ScriptedServerOptions {
  readonly onConnection?: (socket: Socket) => void
  readonly onRequest?: (request: LdapRequest, socket: Socket) => void
  readonly tls?: TestCertificate
}

export async function startScriptedServer({
  onConnection,
  onRequest,
  tls,
}: ScriptedServerOptions): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  const onSocket = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection?.(socket)
    if (!onRequest) return
    socket.on('data', (data) => {
      const request = parseRequest(data)
      if (request.operation === 0x60) socket.write(encodeResult(request.id, 0x61))
      else onRequest(request, socket)
    })
  }
  const server = tls ? createTlsServer(tls, onSocket) : createServer(onSocket)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP always has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'ldaps' : 'ldap'}://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

// Each client request arrives as one chunk: it is small, and the client waits for the response.
function parseRequest(data: Buffer): LdapRequest {
  const reader = new BerReader(data)
  reader.readSequence()
  const id = reader.readInt() ?? 0
  const operation = reader.readSequence() ?? 0
  if (operation !== 0x63) return { id, operation, cookie: '' }
  const search = new SearchRequest({ messageId: id, filter: undefined as never })
  search.parse(reader, [])
  const control = search.controls?.find((candidate) => candidate instanceof PagedResultsControl)
  return { id, operation, search, cookie: control?.value?.cookie?.toString() ?? '' }
}

/** The end of an operation, with the cookie of the next page. */
export function encodeResult(id: number, operation = 0x65, resultCode = 0, options: ResultOptions = {}): Buffer {
  return encodeMessage(id, (writer) => {
    writer.startSequence(operation)
    writer.writeEnumeration(resultCode)
    writer.writeString('')
    writer.writeString(options.diagnosticMessage ?? '')
    if (options.referral !== undefined) {
      writer.startSequence(0xa3)
      writer.writeString(options.referral)
      writer.endSequence()
    }
    writer.endSequence()
    if (options.cookie === undefined) return
    writer.startSequence(0xa0)
    const value = { size: 0, cookie: Buffer.from(options.cookie) }
    new PagedResultsControl({ value }).write(writer)
    writer.endSequence()
  })
}

interface ResultOptions {
  readonly cookie?: string
  readonly diagnosticMessage?: string
  readonly referral?: string
}

export function encodeEntry(
  id: number,
  dn: string,
  attributes: Readonly<Record<string, readonly (string | Buffer)[]>>,
): Buffer {
  return encodeMessage(id, (writer) => {
    writer.startSequence(0x64)
    writer.writeString(dn)
    writer.startSequence()
    for (const [name, values] of Object.entries(attributes)) {
      writer.startSequence()
      writer.writeString(name)
      writer.startSequence(0x31)
      for (const value of values) writer.writeBuffer(Buffer.from(value as string), 0x04)
      writer.endSequence()
      writer.endSequence()
    }
    writer.endSequence()
    writer.endSequence()
  })
}

export function encodeReference(id: number, address: string): Buffer {
  return encodeMessage(id, (writer) => {
    writer.startSequence(0x73)
    writer.writeString(address)
    writer.endSequence()
  })
}

function encodeMessage(id: number, writeContent: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeInt(id)
  writeContent(writer)
  writer.endSequence()
  return Buffer.from(writer.buffer)
}
