/** Where the protocol's endpoints are, by the library's names for them. */
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

/** The addresses of the protocol's endpoints at this issuer. */
export function endpointsAt(issuer: string): Readonly<Record<EndpointName, string>> {
  const addresses = Object.entries(protocolRoutes).map(([name, path]) => [name, issuer + path])
  // A cast, since `entries` forgets that the names are those of the routes.
  return Object.fromEntries(addresses) as Record<EndpointName, string>
}

/** Below the issuer (OpenID Connect Discovery §4). */
export const metadataPath = '/.well-known/openid-configuration'
const wellKnown = '/.well-known/oauth-authorization-server'

/** Where the host's root has the metadata of an issuer with a path: that is put behind (RFC 8414 §3.1). */
export function insertedMetadataPath(issuerPath: string): string {
  return wellKnown + issuerPath
}

const discovery = [metadataPath, wellKnown]
const exact = new Set<string>([...Object.values(protocolRoutes), ...discovery])
const below = [protocolRoutes.authorization, protocolRoutes.end_session, protocolRoutes.registration].map(
  (path) => `${path}/`,
)

/** Whether people's browsers are sent there, with the session of the issuer's origin. */
export function isBrowserPath(path: string): boolean {
  const { authorization, end_session } = protocolRoutes
  return [authorization, end_session, '/interaction'].some((start) => path === start || path.startsWith(`${start}/`))
}

/** Whether the library answers at this path. */
export function isProtocolPath(path: string): boolean {
  return exact.has(path) || below.some((prefix) => path.startsWith(prefix))
}
