import type { IncomingMessage } from 'node:http'

/**
 * Removes the trailing slash of each resource (RFC 8707 §2): APIs are stored without it, and clients use both forms
 * interchangeably. Returns whether there was a trailing slash.
 */
export function removeTrailingSlashes(parameters: URLSearchParams): boolean {
  const resources = parameters.getAll('resource')
  if (!resources.some((resource) => resource.endsWith('/'))) return false
  parameters.delete('resource')
  for (const resource of resources) parameters.append('resource', resource.replace(/\/+$/, ''))
  return true
}

/** Applies `removeTrailingSlashes` to the query of a request. */
export function normalizeResources(req: IncomingMessage): void {
  const [path = '', query] = (req.url ?? '').split('?', 2)
  if (!query?.includes('resource=')) return
  const parameters = new URLSearchParams(query)
  if (removeTrailingSlashes(parameters)) req.url = `${path}?${parameters}`
}
