import type { SignedInPage } from '../http/viewer.ts'
import type { OverviewData } from './overview.ts'

/** `/settings/admin`: the overview. */
export interface OverviewPage extends SignedInPage<'overview'>, OverviewData {}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly overview: OverviewPage
  }
}
