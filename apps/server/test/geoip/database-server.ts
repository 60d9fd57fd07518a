import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { startHttpServer } from '@pocket/test-support'
import { Header } from 'tar'

/** The responses of a database server, and the requests it received. */
export interface DatabaseServer extends AsyncDisposable {
  /** With a placeholder for the license key, like MaxMind's URL. */
  readonly url: string
  readonly asked: string[]
  answer: RequestListener
  /** The content of the checksum file; `null` responds with 404. */
  checksum: string | null
  /** Responds with this content and its checksum. */
  serve(content: Buffer): void
}

export async function startDatabaseServer(): Promise<DatabaseServer> {
  const server = await startHttpServer((req, res) => {
    source.asked.push(req.url ?? '')
    if (!(req.url ?? '').endsWith('suffix=tar.gz.sha256')) return source.answer(req, res)
    if (source.checksum === null) res.writeHead(404)
    res.end(`${source.checksum}  GeoLite2-City_20260101.tar.gz\n`)
  })
  const { port } = server
  const source: DatabaseServer = {
    url: `http://127.0.0.1:${port}/app/geoip_download?license_key=%s&suffix=tar.gz`,
    asked: [],
    answer: (_req, res) => void res.writeHead(404).end(),
    checksum: null,
    serve(content) {
      source.answer = (_req, res) => void res.end(content)
      source.checksum = createHash('sha256').update(content).digest('hex')
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return source
}

/** A `.tar.gz` with these symbolic links, by target, followed by these files. */
export function archive(files: Readonly<Record<string, Buffer>>, links: Readonly<Record<string, string>> = {}): Buffer {
  const header = (data: ConstructorParameters<typeof Header>[0] & object) => {
    const head = Buffer.alloc(512)
    new Header({ mode: 0o644, mtime: new Date(0), ...data }).encode(head)
    return head
  }
  const linked = Object.entries(links).map(([path, linkpath]) =>
    header({ path, linkpath, size: 0, type: 'SymbolicLink' }),
  )
  const parts = Object.entries(files).flatMap(([path, content]) => [
    header({ path, size: content.length, type: 'File' }),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ])
  return gzipSync(Buffer.concat([...linked, ...parts, Buffer.alloc(1024)]))
}

/** The archive layout of MaxMind. */
export function packDatabase(database: Buffer): Buffer {
  const folder = 'GeoLite2-City_20260101'
  return archive({
    [`${folder}/COPYRIGHT.txt`]: Buffer.from('Database and Contents Copyright'),
    [`${folder}/GeoLite2-City.mmdb`]: database,
    [`${folder}/README.txt`]: Buffer.from('Read me'),
  })
}
