import type { Viewer } from '../http/viewer.ts'
import type { SearchResult } from './search.ts'

/** `/settings/search`: the palette of commands as a page. */
export interface SearchPage {
  readonly view: 'search'
  readonly viewer: Viewer
  readonly query: string
  readonly longestQuery: number
  readonly results: readonly SearchResult[]
}
