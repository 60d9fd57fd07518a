import type { Viewer } from '../http/viewer.ts'
import type { OverviewFigures } from './overview.ts'

/** `/settings/admin`: whether everything is all right. */
export interface OverviewPage extends OverviewFigures {
  readonly view: 'overview'
  readonly viewer: Viewer
}
