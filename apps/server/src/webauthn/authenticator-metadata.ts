import { readFile } from 'node:fs/promises'
import { createPublicFetch } from '@pocket/core'
import type { GeoIpConfig } from '../config/geoip.ts'
import type { OutboundConfig } from '../config/outbound.ts'
import type { PasskeysConfig } from '../config/passkeys.ts'

/** Bytes; the current blob has some ten million. */
const maxBlobBytes = 64 * 1024 * 1024
/** Milliseconds. */
const timeout = 120_000

/** Reads the blob of the FIDO Metadata Service from a file or URL. */
export function metadataReader(
  config: PasskeysConfig & OutboundConfig & Pick<GeoIpConfig, 'localIpv6Ranges'>,
): () => Promise<string> {
  const { fidoMetadata, allowedPrivateHosts, localIpv6Ranges: localRanges } = config
  if ('file' in fidoMetadata) return () => readFile(fidoMetadata.file, 'utf8')
  const fetch = createPublicFetch({ allowedPrivateHosts, localRanges, maxBytes: maxBlobBytes, timeout })
  return async () => {
    const response = await fetch(fidoMetadata.url)
    if (!response.ok) throw new Error(`The FIDO Metadata Service responded with status ${response.status}.`)
    return response.text()
  }
}
