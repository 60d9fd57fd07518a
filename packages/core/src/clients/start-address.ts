import type { Client } from './client.ts'

type StartableClient = Pick<Client, 'launchUrl'> & { readonly protocol: Pick<Client['protocol'], 'initiateLoginUri'> }

/** Whether users can start the client from this provider. */
export function hasLaunchUrl({ launchUrl, protocol }: StartableClient): boolean {
  return launchUrl !== null || protocol.initiateLoginUri !== null
}

/**
 * The URL that starts the client; `null` if it is unknown. A client with third-party initiated login receives the
 * issuer and the target URL (OpenID Connect Core §4).
 */
export function startUrl({ launchUrl, protocol }: StartableClient, issuer: string): string | null {
  if (protocol.initiateLoginUri === null) return launchUrl
  const url = new URL(protocol.initiateLoginUri)
  url.searchParams.set('iss', issuer)
  if (launchUrl !== null) url.searchParams.set('target_link_uri', launchUrl)
  return url.href
}
