import {
  createGuardedRequest,
  type GuardedAnswer,
  type PublicFetchInit,
  type PublicFetchOptions,
} from './guarded-request.ts'

/** An answer that is read while it arrives. Whoever does not read `body` to its end leaves the loop over it. */
export interface Download {
  readonly status: number
  readonly headers: Headers
  /** @throws {OutboundError} while it is read, where it ends too early or goes beyond the limits */
  readonly body: AsyncIterable<Uint8Array>
}

/** @throws {OutboundError} for whatever is not answered */
export type PublicDownload = (url: string | URL, init?: PublicFetchInit) => Promise<Download>

/**
 * As `createPublicFetch`, for what is too large to be in memory at once. The time limit holds for the body as well.
 *
 * @throws {RangeError} for an allowed host that is no host name, address or range
 *
 * @example
 * ```ts
 * const download = createPublicDownload({ maxBytes: 100_000_000 })
 * const { body } = await download('https://example.com/places.mmdb')
 * ```
 */
export function createPublicDownload(options: PublicFetchOptions = {}): PublicDownload {
  const request = createGuardedRequest(options)
  return async (address, init = {}) => {
    const guarded = await request(address, init)
    const { status, headers } = guarded.answer
    return { status, headers: new Headers([...headers]), body: explained(guarded) }
  }
}

async function* explained({ chunks, failure }: GuardedAnswer): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw failure(error)
  }
}
