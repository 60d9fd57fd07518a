import type { FieldError } from '../errors.ts'
import type { Client } from './client.ts'

/** Fetches an external URL. */
export type ReadAddress = (url: string) => Promise<Response>

type Settings = Pick<Client, 'redirectUris' | 'protocol'>

/**
 * Validates the sector identifier document: its list must contain every redirect URI (OpenID Connect Dynamic Client
 * Registration §5).
 */
export async function sectorProblems(
  { redirectUris, protocol }: Settings,
  before: Settings | undefined,
  read: ReadAddress,
): Promise<FieldError[]> {
  const { subjectType, sectorIdentifierUri } = protocol
  if (sectorIdentifierUri !== null && !/^https:/i.test(sectorIdentifierUri))
    return [problem('must be an https address')]
  if (subjectType !== 'pairwise') return []
  if (sectorIdentifierUri === null)
    return hostsOf(redirectUris).size > 1 ? [problem('is needed where redirect URIs are on several hosts')] : []
  const known = before?.protocol.sectorIdentifierUri === sectorIdentifierUri ? before.redirectUris : []
  if (before?.protocol.subjectType === 'pairwise' && redirectUris.every((uri) => known.includes(uri))) return []
  const listed = await listAt(sectorIdentifierUri, read)
  if (listed && redirectUris.every((uri) => listed.includes(uri))) return []
  return [problem(listed ? 'does not list every redirect URI' : 'cannot be read as a list of redirect URIs')]
}

function problem(message: string): FieldError {
  return { field: 'protocol.sectorIdentifierUri', code: 'invalid_format', message }
}

function hostsOf(uris: readonly string[]): ReadonlySet<string> {
  return new Set(uris.map((uri) => URL.parse(uri)?.host || uri))
}

async function listAt(address: string, read: ReadAddress): Promise<readonly unknown[] | undefined> {
  try {
    const answer = await read(address)
    const list: unknown = answer.status === 200 ? await answer.json() : undefined
    return Array.isArray(list) ? list : undefined
  } catch {
    return undefined
  }
}
