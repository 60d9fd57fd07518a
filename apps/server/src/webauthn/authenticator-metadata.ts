import { readFile } from 'node:fs/promises'
import { createPublicFetch } from '@pocket/core'
import type { GeoIpConfig } from '../config/geoip.ts'
import type { OutboundConfig } from '../config/outbound.ts'
import type { PasskeysConfig } from '../config/passkeys.ts'

/** Bytes; the current blob has some ten million. */
const largest = 64 * 1024 * 1024
/** Milliseconds. */
const timeout = 120_000

/** Reads the blob of the FIDO Metadata Service from a file or URL. */
export function metadataReader(
  config: PasskeysConfig & OutboundConfig & Pick<GeoIpConfig, 'localIpv6Ranges'>,
): () => Promise<string> {
  const { fidoMetadata, allowedPrivateHosts, localIpv6Ranges: localRanges } = config
  if ('file' in fidoMetadata) return () => readFile(fidoMetadata.file, 'utf8')
  const fetch = createPublicFetch({ allowedPrivateHosts, localRanges, maxBytes: largest, timeout })
  return async () => {
    const answer = await fetch(fidoMetadata.url)
    if (!answer.ok) throw new Error(`The metadata of authenticators was answered with ${answer.status}.`)
    return answer.text()
  }
}
