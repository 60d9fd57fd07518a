import type { Client } from './client.ts'

type Start = Pick<Client, 'launchUrl'> & { readonly protocol: Pick<Client['protocol'], 'initiateLoginUri'> }

/** Whether people can start the client from here. */
export function hasLaunchUrl({ launchUrl, protocol }: Start): boolean {
  return launchUrl !== null || protocol.initiateLoginUri !== null
}

/**
 * Where people start the client; `null` where nobody knows. A client that lets others begin its login is told who does, and
 * where the person wants to be after it (OpenID Connect Core §4).
 *
 * @example
 * ```ts
 * const address = startAddress(client, pocket.issuer) ?? 'https://apps.example.com'
 * ```
 */
export function startAddress({ launchUrl, protocol }: Start, issuer: string): string | null {
  if (protocol.initiateLoginUri === null) return launchUrl
  const url = new URL(protocol.initiateLoginUri)
  url.searchParams.set('iss', issuer)
  if (launchUrl !== null) url.searchParams.set('target_link_uri', launchUrl)
  return url.href
}
