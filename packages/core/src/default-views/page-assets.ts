import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setCommonHeaders } from '../http/page-headers.ts'
import { pageScript } from './generated/page-script.ts'
import { style } from './style.ts'

/** Static files of the pages. Their URLs contain a hash of the content and are below `/interaction/assets/`. */
export interface PageAssets {
  /** The URL of the single-module build of `@pocket/core/browser`, for the host's own pages. */
  readonly browserModule: string
  readonly stylesheet: string
  /** Serves a request for one of these files; `false` if it is for something else. */
  serve(req: IncomingMessage, res: ServerResponse): boolean
}

interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

/** @param mountPath - the path of the issuer without a trailing slash */
export function createPageAssets(mountPath: string): PageAssets {
  const files = new Map<string, Asset>()
  const addAsset = (name: string, type: string, text: string) => {
    const bytes = Buffer.from(text)
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 12)
    const path = `/interaction/assets/${name.replace('.', `.${hash}.`)}`
    files.set(path, { type, bytes })
    return mountPath + path
  }
  const browserModule = addAsset('passkey.js', 'text/javascript; charset=utf-8', pageScript)
  const stylesheet = addAsset('page.css', 'text/css; charset=utf-8', style)
  return {
    browserModule,
    stylesheet,
    serve(req, res) {
      const file = files.get((req.url ?? '').split('?', 1)[0] ?? '')
      if (!file || !/^(GET|HEAD)$/.test(req.method ?? '')) return false
      setCommonHeaders(res)
      res.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
      res.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.bytes.byteLength })
      res.end(req.method === 'HEAD' ? undefined : file.bytes)
      return true
    },
  }
}
