import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type Provider from 'oidc-provider'
import type { Sealer } from '../sealing.ts'

/** Characters; an interaction contains the value in addition to the request, and both must fit into a URL. */
const maxLength = 10_000

const carried = new WeakMap<object, string>()

/** Seals a pushed request for its `request_uri` instead of storing it; `false` if it is too long. */
export function carryPushedRequest(sealer: Sealer, req: object, id: string, payload: string): boolean {
  const sealed = sealer.seal(deflateRawSync(payload), contextOf(id)).toString('base64url')
  if (sealed.length > maxLength) return false
  carried.set(req, sealed)
  return true
}

/** The ID in the value of a `request_uri`, without the sealed request, of which several encodings are valid. */
export function pushedRequestId(value: string): string {
  return value.split('.', 1)[0] ?? ''
}

/** The serialized request, if the value of this `request_uri` carries it. */
export function carriedPushedRequest(sealer: Sealer, value: string): string | undefined {
  const id = pushedRequestId(value)
  const content = sealer.open(Buffer.from(value.slice(id.length + 1), 'base64url'), contextOf(id))
  return content && inflateRawSync(content).toString('utf8')
}

/** Returns carried requests in the `request_uri` of the response. */
export function returnCarriedRequests(provider: Provider): void {
  provider.on('pushed_authorization_request.success', (ctx) => {
    const sealed = carried.get(ctx.req)
    if (sealed === undefined) return
    const body = ctx.body as { readonly request_uri: string }
    ctx.body = { ...body, request_uri: `${body.request_uri}.${sealed}` }
  })
}

function contextOf(id: string): string {
  return `pushed request ${id}`
}
