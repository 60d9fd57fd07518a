import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export const s3Keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

export interface S3Server extends AsyncDisposable {
  readonly url: string
  /** By path, including the bucket. */
  readonly objects: Map<string, Buffer>
  /** Responds to the next request with this status and nothing else. */
  failNext(status: number): void
  /** Performs the next request, and closes the connection without a response or during it. */
  breakNext(where: 'before the answer' | 'within the answer'): void
  /** Responds to the next request with the first half of the object, as if it were complete. */
  cutNext(): void
  /** Refuses to delete the object with this path. */
  lock(path: string): void
}

/** The single-object operations of S3, including signatures (AWS Signature Version 4). */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  let failure = 0
  let fault: 'before the answer' | 'within the answer' | 'cut' | undefined
  const locked = new Set<string>()
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const path = req.url ?? ''
    const status = failure
    failure = 0
    if (status > 0) return res.writeHead(status).end('<Error/>')
    if (!isSigned(req, body)) return res.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
    const broken = fault
    fault = undefined
    if (req.method === 'DELETE' && locked.has(path))
      return res.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
    if (req.method === 'PUT') objects.set(path, body)
    if (req.method === 'DELETE') objects.delete(path)
    if (broken === 'before the answer') return req.socket.destroy()
    if (req.method !== 'GET') return res.writeHead(req.method === 'PUT' ? 200 : 204).end()
    const found = objects.get(path)
    const half = found?.subarray(0, found.length / 2)
    if (found && broken === 'cut') return res.end(half)
    if (found && broken === 'within the answer')
      return res.writeHead(200, { 'content-length': found.length }).write(half, () => req.socket.destroy())
    return found ? res.end(found) : res.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    failNext(status) {
      failure = status
    },
    breakNext(where) {
      fault = where
    },
    cutNext() {
      fault = 'cut'
    },
    lock: (path) => void locked.add(path),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isSigned({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const pattern = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]+)/
  const [, credential = '', names = '', signature] = pattern.exec(headers.authorization ?? '') ?? []
  const [keyId, ...scope] = credential.split('/')
  const digest = sha256(body)
  if (keyId !== s3Keys.accessKeyId || headers['x-amz-content-sha256'] !== digest) return false
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`)
  const canonical = [method, url, '', lines.join(''), names, digest].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>((each, part) => hmac(each, part), `AWS4${s3Keys.secretAccessKey}`)
  return hmac(key, text).toString('hex') === signature
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
