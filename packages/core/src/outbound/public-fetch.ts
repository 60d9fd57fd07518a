import { type Answer, createGuardedRequest, type PublicFetchInit, type PublicFetchOptions } from './guarded-request.ts'

/**
 * As `fetch`. @throws {OutboundError} for whatever is not answered, or answered beyond the limits
 *
 * @example
 * ```ts
 * const { body } = await read('https://client.example/logo.png')
 * ```
 */
export type PublicFetch = (url: string | URL, init?: PublicFetchInit) => Promise<Response>

/**
 * Makes the `fetch` for addresses given by others: public addresses only, looked at when they are connected to, redirects
 * (at most 3) included; bounded in bytes and in time. An answer is read whole before it is returned. What its content is,
 * the caller checks.
 *
 * @throws {RangeError} for an allowed host that is no host name, address or range
 *
 * @example
 * ```ts
 * const read = createPublicFetch({ allowedPrivateHosts: ['logos.internal'], maxBytes: 1_000_000 })
 * const logo = await read('https://logos.internal/photos.png')
 * ```
 */
export function createPublicFetch(options: PublicFetchOptions = {}): PublicFetch {
  const request = createGuardedRequest(options)
  return async (address, init = {}) => {
    const { answer, chunks, failure } = await request(address, init)
    try {
      return await whole(answer, chunks)
    } catch (error) {
      throw failure(error)
    }
  }
}

async function whole({ status, statusText, headers }: Answer, chunks: AsyncIterable<Uint8Array>): Promise<Response> {
  const content: Uint8Array[] = []
  for await (const chunk of chunks) content.push(chunk)
  const body = [204, 205, 304].includes(status) ? null : Buffer.concat(content)
  return new Response(body, { status, statusText, headers: [...headers] })
}
