import type { JsonObject, ScimConnection } from './connection.ts'
import { paths, type RemoteResource, remoteResource, type ScimKind } from './resource.ts'
import { ScimError } from './scim-error.ts'

/** The limits for listing a target. */
export interface ListingLimits {
  readonly pageSize: number
  readonly maxPages: number
  readonly maxResources: number
  /** The maximum number of characters of all pages, which are held in memory. */
  readonly maxCharacters: number
}

/** Limits above the needs of any legitimate target. */
export const defaultLimits: ListingLimits = {
  pageSize: 1000,
  maxPages: 5000,
  maxResources: 250_000,
  maxCharacters: 128 * 1024 * 1024,
}

const minPageSize = 50

/**
 * Lists all objects of a kind (RFC 7644 §3.4.2.4), page by page. Accepts pages that are shorter than requested, complete
 * lists, and a wrong total.
 *
 * @throws {ScimError} `endless_listing` beyond the limits; `no_scim_here` if the URL does not return a list
 */
export async function listAll(
  connection: ScimConnection,
  kind: ScimKind,
  limits: ListingLimits,
): Promise<readonly RemoteResource[]> {
  const found = new Map<string, RemoteResource>()
  let count = limits.pageSize
  let startIndex = 1
  const initialCharacters = connection.receivedCharacters
  for (let pages = 0; pages < limits.maxPages; pages++) {
    const page = await fetchPage(connection, kind, { startIndex, count }).catch((error: unknown) => {
      const isTooLarge = error instanceof ScimError && error.code === 'too_large' && count > minPageSize
      if (!isTooLarge) throw error
      return undefined
    })
    if (page === undefined) {
      count = Math.max(minPageSize, Math.floor(count / 4))
      continue
    }
    if (connection.receivedCharacters - initialCharacters > limits.maxCharacters) throw new ScimError('too_large')
    const previousSize = found.size
    for (const resource of page.resources) if (!found.has(resource.id)) found.set(resource.id, resource)
    // A target without paging repeats the same page.
    if (found.size === previousSize) return [...found.values()]
    if (found.size > limits.maxResources) break
    startIndex += page.length
    // A total smaller than the current page is ignored.
    if (page.total !== undefined && page.total >= page.length && startIndex > page.total) return [...found.values()]
  }
  throw new ScimError('endless_listing', { detail: `${found.size}` })
}

interface ListPage {
  readonly resources: readonly RemoteResource[]
  /** The number of objects, including those without an ID. */
  readonly length: number
  readonly total: number | undefined
}

async function fetchPage(
  connection: ScimConnection,
  kind: ScimKind,
  { startIndex, count }: { readonly startIndex: number; readonly count: number },
): Promise<ListPage> {
  const path = `${paths[kind]}?startIndex=${startIndex}&count=${count}`
  const response = await connection.send({ method: 'GET', path }).catch((error: unknown) => {
    if (error instanceof ScimError && error.code === 'not_found')
      throw new ScimError('no_scim_here', { detail: error.detail, cause: error })
    throw error
  })
  return readPage(response)
}

/** The number of objects of a kind that a target reports; `undefined` if it does not report one. @throws {ScimError} */
export async function countAll(connection: ScimConnection, kind: ScimKind): Promise<number | undefined> {
  return (await fetchPage(connection, kind, { startIndex: 1, count: 1 })).total
}

export function readPage(response: JsonObject | null): ListPage {
  const { Resources: items, totalResults } = response ?? {}
  const resources: readonly unknown[] = Array.isArray(items) ? items : []
  if (response === null || (items === undefined && totalResults === undefined))
    throw new ScimError('not_scim', {
      detail: Object.keys(response ?? {})
        .slice(0, 5)
        .join(', '),
    })
  return {
    resources: resources.map(remoteResource).filter((resource) => resource !== undefined),
    length: resources.length,
    total: typeof totalResults === 'number' && totalResults >= 0 ? totalResults : undefined,
  }
}
