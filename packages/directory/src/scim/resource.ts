import type { JsonObject } from './connection.ts'

/** The kind of a provisioned resource (RFC 7643 §4). */
export type ScimKind = 'user' | 'group'

/** An object of a target (RFC 7643 §3), as it was listed. */
export interface RemoteResource {
  readonly id: string
  readonly externalId: string | null
  readonly content: JsonObject
}

/** The path below the endpoint (RFC 7644 §3.2). */
export const paths: Readonly<Record<ScimKind, string>> = { user: '/Users', group: '/Groups' }

const maxIdLength = 1000

/** Parses a resource; `undefined` if it has no usable ID. */
export function remoteResource(content: unknown): RemoteResource | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  const { id, externalId } = content as JsonObject
  const isId = typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id))
  if (!isId || !isPathSegment(String(id))) return undefined
  return {
    id: String(id),
    externalId: typeof externalId === 'string' && externalId !== '' ? externalId : null,
    content: { ...content },
  }
}

/** Whether the ID can be used in a path and stored; two dots would leave the path (RFC 3986 §5.2.4). */
function isPathSegment(id: string): boolean {
  return id !== '' && id.length <= maxIdLength && id.isWellFormed() && !id.includes('\0') && id !== '.' && id !== '..'
}
