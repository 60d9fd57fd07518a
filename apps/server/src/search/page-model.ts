import type { Viewer } from '../http/viewer.ts'

/** In display order. */
export const resultKinds = ['page', 'application', 'user', 'group', 'client'] as const
export type ResultKind = (typeof resultKinds)[number]

/** A search result with its destination. */
export interface SearchResult {
  readonly kind: ResultKind
  readonly name: string
  /** Distinguishes results with the same name; may be empty. */
  readonly detail: string
  /** A path on this server, or the URL of an application. */
  readonly href: string
}

/** `/settings/search`: the command palette as a page. */
export interface SearchPage {
  readonly view: 'search'
  readonly viewer: Viewer
  readonly query: string
  readonly maxQueryLength: number
  readonly results: readonly SearchResult[]
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly search: SearchPage
  }
}
