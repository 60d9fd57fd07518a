import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { startHttpServer } from '@pocket/test-support'

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
  /** Responds with this status to the first request for which `matches` returns `true`, such as `PUT /pocket/x?partNumber=2`. */
  failWhen(matches: (request: string) => boolean, status: number): void
  /** Called with each request, such as `PUT /pocket/x`, before it is performed. */
  onRequest: ((request: string) => void) | undefined
  /** Keys of the multipart uploads that are neither complete nor aborted. */
  pendingUploads(): readonly string[]
  /** Refuses to delete the object with this path. */
  lock(path: string): void
}

/** The object operations, multipart uploads and lists of S3, including signatures (AWS Signature Version 4). */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  let failure = 0
  let fault: 'before the answer' | 'within the answer' | 'cut' | undefined
  let condition: { readonly matches: (request: string) => boolean; readonly status: number } | undefined
  const locked = new Set<string>()
  const uploads = new Map<string, { readonly path: string; readonly parts: Map<number, Buffer> }>()
  const server = await startHttpServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { pathname: path, searchParams: query } = new URL(req.url ?? '', 'http://s3.example')
    running.onRequest?.(`${req.method} ${req.url}`)
    let status = failure
    failure = 0
    if (condition?.matches(`${req.method} ${req.url}`)) {
      status = condition.status
      condition = undefined
    }
    if (status > 0) return res.writeHead(status).end('<Error/>')
    if (!isSigned(req, body)) return res.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
    const result =
      handleMultipart(req.method ?? '', { path, query, body, uploads, objects }) ?? handleList({ path, query, objects })
    if (result) return res.writeHead(result.status, result.headers ?? {}).end(result.body ?? '')
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
  const running: S3Server = {
    onRequest: undefined,
    url: server.url,
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
    failWhen(matches, status) {
      condition = { matches, status }
    },
    pendingUploads: () => Array.from(uploads.values(), ({ path }) => path),
    lock: (path) => void locked.add(path),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return running
}

interface Upload {
  readonly path: string
  readonly parts: Map<number, Buffer>
}

interface StoredRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
  readonly uploads: Map<string, Upload>
  readonly objects: Map<string, Buffer>
}

interface StoredAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function handleMultipart(
  method: string,
  { path, query, body, uploads, objects }: StoredRequest,
): StoredAnswer | undefined {
  if (method === 'POST' && query.has('uploads')) {
    const id = `upload-${uploads.size + 1}`
    uploads.set(id, { path, parts: new Map() })
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    }
  }
  if (method === 'GET' && query.has('uploads')) {
    const keys = Array.from(uploads, ([id, upload]) => [id, keyIn(path, upload.path)] as const)
    const found = keys.filter(([, key]) => key.startsWith(query.get('prefix') ?? ''))
    const items = found.map(([id, key]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
    return { status: 200, body: `<ListMultipartUploadsResult>${items.join('')}</ListMultipartUploadsResult>` }
  }
  const id = query.get('uploadId')
  if (id === null) return undefined
  const upload = uploads.get(id)
  if (upload?.path !== path) return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
  if (method === 'PUT') {
    upload.parts.set(Number(query.get('partNumber')), body)
    return { status: 200, headers: { etag: `"${sha256(body)}"` } }
  }
  uploads.delete(id)
  if (method === 'DELETE') return { status: 204 }
  const pattern = /<Part><PartNumber>(\d+)<\/PartNumber><ETag>"(\w+)"<\/ETag><\/Part>/g
  const parts = Array.from(body.toString().matchAll(pattern), ([, number, tag]) => {
    const part = upload.parts.get(Number(number))
    return part && sha256(part) === tag ? part : undefined
  })
  if (parts.length !== upload.parts.size || parts.includes(undefined))
    return { status: 200, body: '<Error><Code>InvalidPart</Code></Error>' }
  objects.set(path, Buffer.concat(parts.filter((part) => part !== undefined)))
  return { status: 200, body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' }
}

/** Pages of two keys, so that a reader has to continue. */
function handleList({
  path,
  query,
  objects,
}: Pick<StoredRequest, 'path' | 'query' | 'objects'>): StoredAnswer | undefined {
  if (query.get('list-type') !== '2') return undefined
  const keys = Array.from(objects.keys(), (object) => keyIn(path, object))
    .filter((key) => key.startsWith(query.get('prefix') ?? ''))
    .sort()
  const rest = keys.filter((key) => key > (query.get('continuation-token') ?? ''))
  const items = rest.slice(0, 2).map((key) => `<Contents><Key>${key}</Key></Contents>`)
  const next = rest.length > 2 ? `<NextContinuationToken>${rest[1]}</NextContinuationToken>` : ''
  return { status: 200, body: `<ListBucketResult>${items.join('')}${next}</ListBucketResult>` }
}

/** The key of an object in the bucket with this path. */
function keyIn(bucketPath: string, objectPath: string): string {
  return objectPath.slice(bucketPath.replace(/\/$/, '').length + 1)
}

function isSigned({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const pattern = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]+)/
  const [, credential = '', names = '', signature] = pattern.exec(headers.authorization ?? '') ?? []
  const [keyId, ...scope] = credential.split('/')
  const digest = sha256(body)
  if (keyId !== s3Keys.accessKeyId || headers['x-amz-content-sha256'] !== digest) return false
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`)
  const { pathname, searchParams } = new URL(url ?? '', 'http://s3.example')
  const parameters = Array.from(searchParams, (pair) => pair.map(encodeStrictly).join('=')).sort()
  const canonical = [method, pathname, parameters.join('&'), lines.join(''), names, digest].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>((each, part) => hmac(each, part), `AWS4${s3Keys.secretAccessKey}`)
  return hmac(key, text).toString('hex') === signature
}

/** RFC 3986 §2.3. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
