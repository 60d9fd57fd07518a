import { isIP } from 'node:net'
import type { TrustProxy } from '@pocket/core'
import type { Reader } from './reader.ts'
import { parseTrustProxy, trustNone } from './trust-proxy.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

/** 180 days. */
const defaultHstsMaxAge = 15_552_000

const example = 'such as https://id.example.com'

const appUrl: Variable<string> = {
  name: 'APP_URL',
  type: 'URL',
  default: 'http://localhost:1411',
  description:
    'The public URL of this server: the issuer, the origin of every link, and the domain that passkeys are bound to **permanently**. The first start stores it, and `pocket-id issuer set` changes it. An origin without a path. It must be `https://`, except for `http://localhost`, because browsers support passkeys only there.',
  parse: parseAppUrl,
}

const appOrigins: Variable<readonly string[]> = {
  name: 'APP_ORIGINS',
  type: 'https origins, separated by commas',
  default: 'none',
  description:
    'Additional origins of this server that share its passkeys, such as a local host name: `https://` origins without a path. Sign-in, account and administration work there, with separate sessions; applications use `APP_URL`. The browser must support related origins, as Chrome and Safari do.',
  parse: parseAppOrigins,
}

const internalAppUrl: Variable<string> = {
  name: 'INTERNAL_APP_URL',
  type: 'URL',
  default: 'APP_URL',
  description:
    'The URL that applications use for server-to-server requests, such as `http://pocket:1411` in a container network. The metadata lists it for the token, UserInfo, introspection, revocation, pushed authorization request and JWKS endpoints. An origin without a path.',
  parse: parseInternalUrl,
}

const trustProxy: Variable<TrustProxy> = {
  name: 'TRUST_PROXY',
  type: 'boolean or list',
  default: 'false',
  description:
    'Proxies whose `X-Forwarded-*` headers are trusted. `true` trusts every peer, so use it only if nothing but a reverse proxy that replaces `X-Forwarded-For` can connect; a list of IP addresses and networks (`10.0.0.0/8, 192.168.1.5`) trusts those. `samenet` in the list is every network that this machine, or container, is connected to at its start: in a container of Docker, the gateway and the other containers of its networks.',
  parse: parseTrustProxy,
}

const hstsMaxAge: Variable<number> = {
  name: 'HSTS_MAX_AGE',
  type: 'integer',
  unit: 'seconds',
  default: String(defaultHstsMaxAge),
  description:
    'The `max-age` of `Strict-Transport-Security`; 0 turns it off. It is sent only if `APP_URL` is a host name at port 443, without `includeSubDomains`. Browsers apply it to **all ports of the host**: set 0 if another service on the same host name, such as DSM at port 5000, uses HTTP.',
  parse: parseSeconds,
}

export const addressSection = {
  title: 'URLs and proxies',
  variables: { appUrl, appOrigins, internalAppUrl, trustProxy, hstsMaxAge },
} satisfies Section

export interface AddressConfig {
  /** An origin: scheme, host and port in lower case, without a trailing slash. */
  readonly appUrl: string
  readonly appOrigins: readonly string[]
  /** The origin for applications; `undefined` if it equals `appUrl`. */
  readonly internalAppUrl: string | undefined
  readonly trustProxy: TrustProxy
  /** HSTS lifetime in seconds; 0 disables it. */
  readonly hstsMaxAge: number
}

export function readAddress(reader: Reader): AddressConfig {
  return {
    appUrl: reader.read(appUrl) ?? appUrl.default,
    appOrigins: reader.read(appOrigins) ?? [],
    internalAppUrl: reader.read(internalAppUrl),
    trustProxy: reader.read(trustProxy) ?? trustNone,
    hstsMaxAge: reader.read(hstsMaxAge) ?? defaultHstsMaxAge,
  }
}

/** @throws {InvalidValueError} if the value cannot be the `APP_URL` */
export function parseAppUrl(value: RawValue): string {
  const url = parseOrigin(value)
  const { text } = value
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw new InvalidValueError(
      `"${text}" names an IP address, and passkeys are bound to a host name`,
      `Write a host name, ${example} or http://localhost:1411.`,
    )
  if (url.protocol === 'http:' && !isLocalhost(url.hostname))
    throw new InvalidValueError(
      `"${text}" is not https, and browsers offer passkeys only over https or on localhost`,
      `Put a reverse proxy with a certificate in front and write https://${url.host}.`,
    )
  return url.origin
}

function parseAppOrigins({ text, bytes }: RawValue): readonly string[] {
  const origins = text.split(',').flatMap((part) => {
    const trimmed = part.trim()
    if (trimmed === '') return []
    const url = parseOrigin({ text: trimmed, bytes })
    if (url.protocol === 'https:' && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0) return [url.origin]
    throw new InvalidValueError(
      `"${trimmed}" is not an https URL with a host name, and browsers offer passkeys nowhere else`,
      'Write https://pocket.example.net.',
    )
  })
  return [...new Set(origins)]
}

function parseSeconds({ text }: RawValue): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidValueError(`"${text}" is not a number of seconds`, 'Write a whole number, such as 15552000, or 0.')
  return Number(text)
}

function parseInternalUrl(value: RawValue): string {
  return parseOrigin(value).origin
}

/** @throws {InvalidValueError} if the value is not an http or https URL without a path */
function parseOrigin({ text }: RawValue): URL {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new InvalidValueError(`"${text}" is not an http or https URL`, `Write the full URL, ${example}.`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidValueError('it contains a user name or a password', `Write the bare URL, ${example}.`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new InvalidValueError(
      `"${text}" has a path, a query or a fragment`,
      `Write ${url.origin}; this server needs its own host name.`,
    )
  return url
}

function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}
