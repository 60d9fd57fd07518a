import {
  createGuardedRequest,
  type GuardedResponse,
  type PublicFetchInit,
  type PublicFetchOptions,
} from './guarded-request.ts'

/** A streamed response. A caller that does not read `body` to its end must leave the loop over it. */
export interface Download {
  readonly status: number
  readonly headers: Headers
  /** @throws {OutboundError} during reading if the body ends early or exceeds the limits */
  readonly body: AsyncIterable<Uint8Array>
}

/** @throws {OutboundError} if there is no response */
export type PublicDownload = (url: string | URL, init?: PublicFetchInit) => Promise<Download>

/**
 * Like `createPublicFetch`, for responses that are too large for memory. The timeout includes the body.
 *
 * @throws {RangeError} if an allowed host is not a host name, IP address or range
 */
export function createPublicDownload(options: PublicFetchOptions = {}): PublicDownload {
  const request = createGuardedRequest(options)
  return async (input, init = {}) => {
    const guarded = await request(input, init)
    const { status, headers } = guarded.response
    return { status, headers: new Headers([...headers]), body: withOutboundErrors(guarded) }
  }
}

async function* withOutboundErrors({ chunks, failure }: GuardedResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw failure(error)
  }
}
