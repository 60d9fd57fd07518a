import type { Viewer } from '../http/viewer.ts'
import type { OverviewData } from './overview.ts'

/** `/settings/admin`: the overview. */
export interface OverviewPage extends OverviewData {
  readonly view: 'overview'
  readonly viewer: Viewer
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly overview: OverviewPage
  }
}
