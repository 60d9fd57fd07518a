import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setCommonHeaders } from '../http/page-headers.ts'
import { pageScript } from './generated/page-script.ts'

/** Static files of the pages. Their URLs contain a hash of the content and are below `/interaction/assets/`. */
export interface PageAssets {
  /** The URL of the single-module build of `@pocket/core/browser`, for the host's own pages. */
  readonly browserModule: string
  readonly stylesheet: string
  /** Serves a request for one of these files; `false` if it is for something else. */
  serve(req: IncomingMessage, res: ServerResponse): boolean
}

/** @param mountPath - the path of the issuer without a trailing slash */
export function createPageAssets(mountPath: string): PageAssets {
  const files = new Map<string, { readonly type: string; readonly bytes: Buffer }>()
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

/** A plain stylesheet with light and dark themes, for widths from 320 CSS pixels. */
const style = `:root{color-scheme:light dark;--text:#1b1b1f;--quiet:#55565e;--ground:#fff;--line:#8a8b94;--act:#1a56c4;--on-act:#fff;--bad:#a3161c}
@media (prefers-color-scheme:dark){:root{--text:#ececf1;--quiet:#b3b4be;--ground:#17181c;--line:#7d7e88;--act:#9cc0ff;--on-act:#0b1830;--bad:#ffb3b0}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:27rem;margin:0 auto;padding:clamp(1.5rem,10vh,6rem) 1.25rem 2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1.0625rem;line-height:1.35;margin:1.5rem 0 .5rem}
p,ul,dl,form{margin:0 0 1rem}
.quiet{color:var(--quiet)}
.problem{color:var(--bad)}
.problem:empty{display:none}
dt{color:var(--quiet);font-size:.9rem}
dd{margin:0 0 .5rem}
ul{padding-left:1.25rem}
button,.button,input{font:inherit;width:100%;min-height:2.75rem;border-radius:.5rem;border:1px solid var(--line);padding:.5rem 1rem;background:transparent;color:inherit}
.button{display:block;text-align:center;text-decoration:none}
.first{background:var(--act);border-color:var(--act);color:var(--on-act);font-weight:600}
.minor{border-color:transparent;color:var(--quiet);font-size:.9rem}
form:has(+form>.minor){margin-bottom:0}
button[aria-busy=true]{opacity:.7}
label{display:block;margin-bottom:.25rem}
a:not(.button){color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
pre{white-space:pre-wrap;font-size:.85rem}
`
