import type { AccessTokenFormat, Api } from './api.ts'

export const apiSorts = ['name', 'resource', 'createdAt'] as const
/** What lists of APIs can be ordered by. */
export type ApiSort = (typeof apiSorts)[number]

/** Which APIs to list, and in which order. */
export interface ApiListRequest {
  /** Leaves out the APIs that this client has a grant for. `null` leaves nothing out. */
  readonly notGrantedTo: string | null
  /** Only the APIs with access tokens of this kind. `null`: of any. */
  readonly accessTokenFormat: AccessTokenFormat | null
  /** From 1 on; a page beyond the last one is the last one. */
  readonly page: number
  /** APIs a page. */
  readonly limit: number
  /** `null` is the order in which they were created. */
  readonly sort: { readonly by: ApiSort; readonly descending: boolean } | null
  /** A part of the name or of the resource, whatever the case of its letters. Empty where everything is wanted. */
  readonly search: string
}

/** One page of APIs, and how many there are. */
export interface ApiList {
  readonly items: readonly Api[]
  /** How many there are on all pages. */
  readonly total: number
}
