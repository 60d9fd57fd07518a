import type { AccessTokenFormat, Api } from './api.ts'

const apiSorts = ['name', 'resource', 'createdAt'] as const
/** The sort keys of API lists. */
export type ApiSort = (typeof apiSorts)[number]

/** Filter, page and order of an API list. */
export interface ApiListRequest {
  /** Excludes the APIs that this client has a grant for. `null` excludes none. */
  readonly notGrantedTo: string | null
  /** Only APIs with this access token format. `null` for all formats. */
  readonly accessTokenFormat: AccessTokenFormat | null
  /** Starts at 1; a page after the last one returns the last page. */
  readonly page: number
  /** APIs per page. */
  readonly limit: number
  /** `null` sorts by creation time. */
  readonly sort: { readonly by: ApiSort; readonly descending: boolean } | null
  /** A case-insensitive part of the name or the resource. Empty for all. */
  readonly search: string
}

/** A page of APIs and the total count. */
export interface ApiList {
  readonly items: readonly Api[]
  /** Total count of all pages. */
  readonly total: number
}
