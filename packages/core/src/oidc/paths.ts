/** The paths of the protocol endpoints, by the library's endpoint names. */
export const protocolRoutes = {
  authorization: '/authorize',
  token: '/api/oidc/token',
  userinfo: '/api/oidc/userinfo',
  introspection: '/api/oidc/introspect',
  revocation: '/api/oidc/revoke',
  end_session: '/api/oidc/end-session',
  pushed_authorization_request: '/api/oidc/par',
  registration: '/api/oidc/register',
  device_authorization: '/api/oidc/device/authorize',
  jwks: '/.well-known/jwks.json',
} as const

/** The names of the endpoints of the protocol (RFC 8414 §2). */
export type EndpointName = keyof typeof protocolRoutes

export function getEndpoints(issuer: string): Readonly<Record<EndpointName, string>> {
  const urls = Object.entries(protocolRoutes).map(([name, path]) => [name, issuer + path])
  // The cast is needed because `Object.entries` widens the keys to `string`.
  return Object.fromEntries(urls) as Record<EndpointName, string>
}

/** Relative to the issuer (OpenID Connect Discovery §4). */
export const metadataPath = '/.well-known/openid-configuration'
const wellKnown = '/.well-known/oauth-authorization-server'

/** The metadata path of an issuer with a path: the issuer path is appended to the well-known path (RFC 8414 §3.1). */
export function insertedMetadataPath(issuerPath: string): string {
  return wellKnown + issuerPath
}

const discoveryPaths = [metadataPath, wellKnown]
const exactPaths = new Set<string>([...Object.values(protocolRoutes), ...discoveryPaths])
const pathPrefixes = [protocolRoutes.authorization, protocolRoutes.end_session, protocolRoutes.registration].map(
  (path) => `${path}/`,
)

/** Whether browsers visit this path with the session of the issuer's origin. */
export function isBrowserPath(path: string): boolean {
  const { authorization, end_session } = protocolRoutes
  return [authorization, end_session, '/interaction'].some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
}

export function isProtocolPath(path: string): boolean {
  return exactPaths.has(path) || pathPrefixes.some((prefix) => path.startsWith(prefix))
}
