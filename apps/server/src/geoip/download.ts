import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { OutboundError } from '@pocket/core/errors'
import { createPublicDownload, type PublicDownload } from '@pocket/core/internal'
import { codeOf } from '../logging/failure.ts'
import { GeoIpError, maxDatabaseBytes } from './geoip-error.ts'

/** Downloads the database into a file. @throws {GeoIpError} */
export type DownloadDatabase = (to: string, signal: AbortSignal) => Promise<void>

export interface DownloadOptions {
  /** Contains the license key, so it is never shown. */
  readonly url: string
  readonly allowedPrivateHosts: readonly string[]
  readonly localRanges: readonly string[]
  /** Total timeout in milliseconds. */
  readonly timeout: number
}

/** Rejects a download that is too large, by its header or its actual size, or that has a wrong checksum. */
export function createDownload({ url, ...options }: DownloadOptions): DownloadDatabase {
  const download = createPublicDownload({ ...options, maxBytes: maxDatabaseBytes })
  const { host } = new URL(url)
  return async (to, signal) => {
    try {
      const expectedHash = await fetchChecksum(url, download, signal)
      const { status, headers, body } = await download(url, { signal })
      if (status !== 200) throw refusal(status, host)
      if (Number(headers.get('content-length') ?? 0) > maxDatabaseBytes) throw tooLargeError(host)
      const hash = createHash('sha256')
      await pipeline(body, hashChunks(hash), createWriteStream(to, { flags: 'wx' }), { signal })
      if (expectedHash !== undefined && hash.digest('hex') !== expectedHash)
        throw new GeoIpError('wrong_checksum', `The download from ${host} does not match its checksum.`)
    } catch (error) {
      throw explainError(error, host, signal)
    }
  }
}

/** MaxMind provides the checksum at the same URL with a different suffix; `undefined` if there is none. */
async function fetchChecksum(url: string, download: PublicDownload, signal: AbortSignal): Promise<string | undefined> {
  const address = new URL(url)
  if (address.searchParams.get('suffix') !== 'tar.gz') return undefined
  address.searchParams.set('suffix', 'tar.gz.sha256')
  const { status, body } = await download(address, { signal })
  if (status === 404) return undefined
  if (status !== 200) throw refusal(status, address.host)
  let text = ''
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > 1000) break
  }
  const checksum = /^([0-9a-f]{64})\b/i.exec(text.trim())?.[1]
  if (checksum === undefined) throw new GeoIpError('wrong_checksum', `${address.host} provides no checksum.`)
  return checksum.toLowerCase()
}

function hashChunks(hash: ReturnType<typeof createHash>) {
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
}

function refusal(status: number, host: string): GeoIpError {
  if (status === 401 || status === 403)
    return new GeoIpError('license_refused', `${host} rejected the license key or the request (${status}).`)
  if (status === 429) return new GeoIpError('refused', `${host} allows no more downloads today (429).`)
  return new GeoIpError('refused', `${host} responded with ${status} instead of a database.`)
}

function tooLargeError(host: string): GeoIpError {
  return new GeoIpError('too_large', `The download from ${host} is larger than 300 MB.`)
}

/** Omits the cause of network errors because it may contain the URL and with it the license key. */
function explainError(error: unknown, host: string, signal: AbortSignal): unknown {
  if (error instanceof GeoIpError || signal.aborted) return error
  if (error instanceof OutboundError) {
    if (error.code === 'too_large') return tooLargeError(host)
    const cause = error.code === 'unreachable' ? codeOf(error.cause) : undefined
    return new GeoIpError('not_answered', `${host}: ${error.message}${cause === undefined ? '' : ` (${cause})`}`)
  }
  return new GeoIpError('not_written', `The download cannot be written (${codeOf(error) ?? 'unknown'}).`)
}
