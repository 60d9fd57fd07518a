import type { IncomingMessage } from 'node:http'

/** What Express and its kin keep of a request's target before they shorten it for what is mounted below a path. */
type MountedRequest = IncomingMessage & { originalUrl?: string }

/** The whole target of a request, wherever the host has mounted us. */
export function wholeTarget(req: MountedRequest, before: string): string {
  return req.originalUrl ?? before
}

/** The rest of a target below the issuer's path, or `undefined` where it is not below. */
export function belowIssuer(target: string, issuerPath: string): string | undefined {
  if (issuerPath === '') return target
  const rest = target.startsWith(issuerPath) ? target.slice(issuerPath.length) : ''
  return rest.startsWith('/') ? rest : undefined
}

/** Tells the library, which makes addresses of it, what stood before the target that it is given. */
export function recordMountPath(req: MountedRequest, issuerPath: string): void {
  req.originalUrl = issuerPath + (req.url ?? '')
}
