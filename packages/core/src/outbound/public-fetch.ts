import { boolean, list, number, object, optional, optionsOf } from '../arguments.ts'
import {
  createGuardedRequest,
  type FetchResponse,
  type PublicFetchInit,
  type PublicFetchOptions,
} from './guarded-request.ts'

/**
 * Like `fetch`. @throws {OutboundError} if there is no response or it exceeds the limits
 *
 * @example
 * ```ts
 * const { body } = await read('https://client.example/logo.png')
 * ```
 */
export type PublicFetch = (url: string | URL, init?: PublicFetchInit) => Promise<Response>

const checkOptions = optionsOf('createPublicFetch', {
  allowedPrivateHosts: optional(list('allowedPrivateHosts')),
  localRanges: optional(list('localRanges')),
  allowHttp: optional(boolean('allowHttp')),
  maxBytes: optional(number('maxBytes')),
  timeout: optional(number('timeout')),
})

/**
 * Creates a `fetch` for untrusted URLs. It connects only to public addresses, which are checked at connection time and
 * after each redirect (at most 3), and limits size and time. The complete response is read before it is returned. The
 * caller must validate the content.
 *
 * @throws {InvalidInputError} `validation_failed` for unknown options and those of another type
 * @throws {RangeError} if an allowed host is not a host name, IP address or range
 *
 * @example
 * ```ts
 * const read = createPublicFetch({ allowedPrivateHosts: ['logos.internal'], maxBytes: 1_000_000 })
 * const logo = await read('https://logos.internal/photos.png')
 * ```
 */
export function createPublicFetch(options: PublicFetchOptions = {}): PublicFetch {
  checkOptions(options ?? {})
  const request = createGuardedRequest(options)
  return async (input, init = {}) => {
    object('init')(init)
    const { response, chunks, failure } = await request(input, init)
    try {
      return await readResponse(response, chunks)
    } catch (error) {
      throw failure(error)
    }
  }
}

async function readResponse(
  { status, statusText, headers }: FetchResponse,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const content: Uint8Array[] = []
  for await (const chunk of chunks) content.push(chunk)
  const body = [204, 205, 304].includes(status) ? null : Buffer.concat(content)
  return new Response(body, { status, statusText, headers: [...headers] })
}
