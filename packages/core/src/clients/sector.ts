import type { FieldError } from '../errors.ts'
import type { Client } from './client.ts'

export type FetchUrl = (url: string) => Promise<Response>

type SectorSettings = Pick<Client, 'redirectUris' | 'protocol'>

/**
 * Validates the sector identifier document: its list must contain every redirect URI (OpenID Connect Dynamic Client
 * Registration §5).
 */
export async function sectorProblems(
  { redirectUris, protocol }: SectorSettings,
  before: SectorSettings | undefined,
  fetchUrl: FetchUrl,
): Promise<FieldError[]> {
  const { subjectType, sectorIdentifierUri } = protocol
  if (sectorIdentifierUri !== null && !/^https:/i.test(sectorIdentifierUri))
    return [sectorError('must be an https URL')]
  if (subjectType !== 'pairwise') return []
  if (sectorIdentifierUri === null)
    return hostsOf(redirectUris).size > 1 ? [sectorError('is required if the redirect URIs have several hosts')] : []
  const previousUris = before?.protocol.sectorIdentifierUri === sectorIdentifierUri ? before.redirectUris : []
  if (before?.protocol.subjectType === 'pairwise' && redirectUris.every((uri) => previousUris.includes(uri))) return []
  const listedUris = await fetchUriList(sectorIdentifierUri, fetchUrl)
  if (listedUris && redirectUris.every((uri) => listedUris.includes(uri))) return []
  return [sectorError(listedUris ? 'does not list every redirect URI' : 'cannot be read as a list of redirect URIs')]
}

function sectorError(message: string): FieldError {
  return { field: 'protocol.sectorIdentifierUri', code: 'invalid_format', message }
}

function hostsOf(uris: readonly string[]): ReadonlySet<string> {
  return new Set(uris.map((uri) => URL.parse(uri)?.host || uri))
}

async function fetchUriList(url: string, fetchUrl: FetchUrl): Promise<readonly unknown[] | undefined> {
  try {
    const response = await fetchUrl(url)
    const list: unknown = response.status === 200 ? await response.json() : undefined
    return Array.isArray(list) ? list : undefined
  } catch {
    return undefined
  }
}
