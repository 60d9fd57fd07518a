import type { IncomingMessage } from 'node:http'

/** Express and similar frameworks keep the original request target here before they remove the mount path. */
type MountedRequest = IncomingMessage & { originalUrl?: string }

/** The complete target of a request, regardless of the mount path. */
export function originalTarget(req: MountedRequest, target: string): string {
  return req.originalUrl ?? target
}

/** The part of a target below the issuer's path, or `undefined` if it is outside. */
export function pathBelowIssuer(target: string, issuerPath: string): string | undefined {
  if (issuerPath === '') return target
  const rest = target.startsWith(issuerPath) ? target.slice(issuerPath.length) : ''
  return rest.startsWith('/') ? rest : undefined
}

/** Records the original target, because oidc-provider derives the mount path of its URLs from it. */
export function recordMountPath(req: MountedRequest, issuerPath: string): void {
  req.originalUrl = issuerPath + (req.url ?? '')
}
