import { metadataPath, protocolRoutes } from './paths.ts'

const read = ['GET', 'HEAD', 'OPTIONS']
const posted = ['POST', 'OPTIONS']

const exact: ReadonlyMap<string, readonly string[]> = new Map([
  [protocolRoutes.authorization, ['GET', 'HEAD', 'POST']],
  [protocolRoutes.token, posted],
  [protocolRoutes.userinfo, ['GET', 'HEAD', 'POST', 'OPTIONS']],
  [protocolRoutes.introspection, posted],
  [protocolRoutes.revocation, posted],
  [protocolRoutes.end_session, ['GET', 'HEAD', 'POST']],
  [protocolRoutes.pushed_authorization_request, posted],
  [protocolRoutes.registration, posted],
  [protocolRoutes.device_authorization, posted],
  [protocolRoutes.jwks, read],
  [metadataPath, read],
  ['/.well-known/oauth-authorization-server', read],
  [`${protocolRoutes.end_session}/confirm`, ['POST']],
  [`${protocolRoutes.end_session}/success`, ['GET', 'HEAD']],
])

const { registration, authorization } = protocolRoutes
const belowRegistration = ['GET', 'PUT', 'DELETE', 'OPTIONS']
const belowAuthorization = ['GET', 'HEAD']

/** The HTTP methods that the library supports for this path, or `undefined` if it does not serve the path. */
export function allowedMethods(path: string): readonly string[] | undefined {
  const known = exact.get(path)
  if (known !== undefined) return known
  const above = path.replace(/\/[^/]+$/, '')
  if (above === registration) return belowRegistration
  return above === authorization ? belowAuthorization : undefined
}
