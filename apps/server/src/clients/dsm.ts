import { synologyRedirectUri } from '@pocket/core/internal'

/**
 * Users paste the URL from their browser, but DSM requires and sends the bare origin.
 *
 * @param registered - stay as they are: an administrator may have registered exactly what was received
 */
export function correctDsmRedirectUris(uris: readonly string[], registered: readonly string[] = []) {
  const results = uris.map((uri) =>
    registered.includes(uri) ? { given: uri, corrected: uri } : synologyRedirectUri(uri),
  )
  return {
    redirectUris: results.map(({ corrected }) => corrected),
    corrections: results.filter(({ given, corrected }) => given !== corrected),
  }
}
