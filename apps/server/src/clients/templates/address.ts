import type { ClientInput } from '@pocket/core'
import type { ClientTemplate } from './template.ts'

/** What is odd about an address that somebody pasted: `wrong` cannot be used, the others are asked about once. */
export type AddressDoubt = 'invalid' | 'scheme' | 'insecure' | 'port'

export interface PastedAddress {
  /** Where the application is, without a slash at its end. */
  readonly address: string
  readonly doubt: AddressDoubt | null
  /** Whether something was left out of what was pasted. */
  readonly isCorrected: boolean
}

/** What somebody meant who pasted the address of their application from their browser. */
export function pastedAddress(
  { port, hasPath }: Pick<ClientTemplate, 'port' | 'hasPath'>,
  pasted: string,
): PastedAddress {
  const given = pasted.trim()
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given)
  const url = URL.parse(hasScheme ? given : `https://${given}`)
  if (!url || url.hostname === '' || !/^https?:$/.test(url.protocol) || /\s/.test(given))
    return { address: given, doubt: 'invalid', isCorrected: false }
  const path = hasPath ? url.pathname.replace(/\/+$/, '') : ''
  const address = url.origin + path
  const isCorrected = given.replace(/\/+$/, '') !== address
  return { address, doubt: doubtOf(url, hasScheme, port), isCorrected }
}

/** The settings of a client for the application at this address. */
export function templateInput(
  { name, settings, protocol, backchannelLogoutUri, ...template }: ClientTemplate,
  address: string,
): ClientInput {
  const filled = (text: string) => text.replaceAll('{address}', address)
  return {
    name,
    redirectUris: template.redirectUris.map(filled),
    postLogoutRedirectUris: (template.postLogoutRedirectUris ?? []).map(filled),
    ...settings,
    protocol: {
      ...protocol,
      ...(backchannelLogoutUri !== undefined && { backchannelLogoutUri: filled(backchannelLogoutUri) }),
    },
    template: template.id,
  }
}

function doubtOf(url: URL, hasScheme: boolean, port: number | undefined): AddressDoubt | null {
  if (!hasScheme) return 'scheme'
  if (url.protocol === 'http:') return 'insecure'
  // Behind a proxy there is none; what is neither there nor at its own port is likely a mistake.
  return url.port !== '' && port !== undefined && url.port !== String(port) ? 'port' : null
}
