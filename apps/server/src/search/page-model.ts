import type { Viewer } from '../http/viewer.ts'

/** In the order in which they are shown. */
export const resultKinds = ['page', 'application', 'user', 'group', 'client'] as const
export type ResultKind = (typeof resultKinds)[number]

/** Somewhere to go. */
export interface SearchResult {
  readonly kind: ResultKind
  readonly name: string
  /** What tells it from others of the same name; empty where there is nothing. */
  readonly detail: string
  /** A path of this server; the address of an application. */
  readonly href: string
}

/** `/settings/search`: the palette of commands as a page. */
export interface SearchPage {
  readonly view: 'search'
  readonly viewer: Viewer
  readonly query: string
  readonly maxQueryLength: number
  readonly results: readonly SearchResult[]
}
