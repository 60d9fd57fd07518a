import { metadataPath, protocolRoutes } from './paths.ts'

const readMethods = ['GET', 'HEAD', 'OPTIONS']
const postMethods = ['POST', 'OPTIONS']

const methodsByPath: ReadonlyMap<string, readonly string[]> = new Map([
  [protocolRoutes.authorization, ['GET', 'HEAD', 'POST']],
  [protocolRoutes.token, postMethods],
  [protocolRoutes.userinfo, ['GET', 'HEAD', 'POST', 'OPTIONS']],
  [protocolRoutes.introspection, postMethods],
  [protocolRoutes.revocation, postMethods],
  [protocolRoutes.end_session, ['GET', 'HEAD', 'POST']],
  [protocolRoutes.pushed_authorization_request, postMethods],
  [protocolRoutes.registration, postMethods],
  [protocolRoutes.device_authorization, postMethods],
  [protocolRoutes.jwks, readMethods],
  [metadataPath, readMethods],
  ['/.well-known/oauth-authorization-server', readMethods],
  [`${protocolRoutes.end_session}/confirm`, ['POST']],
  [`${protocolRoutes.end_session}/success`, ['GET', 'HEAD']],
])

const { registration, authorization } = protocolRoutes
const clientMethods = ['GET', 'PUT', 'DELETE', 'OPTIONS']
const resumeMethods = ['GET', 'HEAD']

/** The HTTP methods that the library supports for this path, or `undefined` if it does not serve the path. */
export function allowedMethods(path: string): readonly string[] | undefined {
  const methods = methodsByPath.get(path)
  if (methods !== undefined) return methods
  const parentPath = path.replace(/\/[^/]+$/, '')
  if (parentPath === registration) return clientMethods
  return parentPath === authorization ? resumeMethods : undefined
}
