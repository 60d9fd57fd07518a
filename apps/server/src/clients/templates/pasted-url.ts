import type { ClientInput } from '@pocket/core'
import type { ClientTemplate } from './template.ts'

/** A problem with a pasted URL: `invalid` cannot be used, the others need confirmation. */
export type UrlWarning = 'invalid' | 'scheme' | 'insecure' | 'port'

export interface PastedUrl {
  /** URL of the application without a trailing slash. */
  readonly address: string
  readonly warning: UrlWarning | null
  /** Whether parts of the pasted text were removed. */
  readonly isCorrected: boolean
}

/** Derives the application's URL from a URL pasted from the browser. */
export function parsePastedUrl({ port, hasPath }: Pick<ClientTemplate, 'port' | 'hasPath'>, pasted: string): PastedUrl {
  const trimmed = pasted.trim()
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)
  const url = URL.parse(hasScheme ? trimmed : `https://${trimmed}`)
  if (!url || url.hostname === '' || !/^https?:$/.test(url.protocol) || /\s/.test(trimmed))
    return { address: trimmed, warning: 'invalid', isCorrected: false }
  const path = hasPath ? url.pathname.replace(/\/+$/, '') : ''
  const address = url.origin + path
  const isCorrected = trimmed.replace(/\/+$/, '') !== address
  return { address, warning: warningOf(url, hasScheme, port), isCorrected }
}

export function templateInput(
  { name, settings, protocol, backchannelLogoutUri, ...template }: ClientTemplate,
  address: string,
): ClientInput {
  const withAddress = (text: string) => text.replaceAll('{address}', address)
  return {
    name,
    launchUrl: launchUrlOf(address),
    redirectUris: template.redirectUris.map(withAddress),
    postLogoutRedirectUris: (template.postLogoutRedirectUris ?? []).map(withAddress),
    ...settings,
    protocol: {
      ...protocol,
      ...(backchannelLogoutUri !== undefined && { backchannelLogoutUri: withAddress(backchannelLogoutUri) }),
    },
    template: template.id,
  }
}

/** The URL of the application as its launch URL; `null` if it is not a URL or has a wildcard. */
export function launchUrlOf(address: string): string | null {
  return URL.canParse(address) && !address.includes('*') ? address : null
}

function warningOf(url: URL, hasScheme: boolean, port: number | undefined): UrlWarning | null {
  if (!hasScheme) return 'scheme'
  if (url.protocol === 'http:') return 'insecure'
  // Behind a proxy there is no port; a port other than the application's default is probably a mistake.
  return url.port !== '' && port !== undefined && url.port !== String(port) ? 'port' : null
}
