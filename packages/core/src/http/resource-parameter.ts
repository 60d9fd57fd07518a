import type { IncomingMessage } from 'node:http'

/**
 * Leaves out the slash at the end of each resource (RFC 8707 §2): APIs are named without, and a client that writes it at one
 * endpoint and not at the other means the same. Returns whether there was one.
 */
export function withoutFinalSlash(parameters: URLSearchParams): boolean {
  const given = parameters.getAll('resource')
  if (!given.some((resource) => resource.endsWith('/'))) return false
  parameters.delete('resource')
  for (const resource of given) parameters.append('resource', resource.replace(/\/+$/, ''))
  return true
}

/** Does so in the query of a request. */
export function normalizeResources(req: IncomingMessage): void {
  const [path = '', query] = (req.url ?? '').split('?', 2)
  if (!query?.includes('resource=')) return
  const parameters = new URLSearchParams(query)
  if (withoutFinalSlash(parameters)) req.url = `${path}?${parameters}`
}
