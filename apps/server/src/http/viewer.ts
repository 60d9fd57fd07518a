import type { User } from '@pocket/directory'
import type { Viewer } from './page-models.ts'

/** What a page of the account and administration area says about who looks at it. */
export function viewerOf({ userName, displayName, administrator }: User): Viewer {
  return { userName, displayName, isAdmin: administrator }
}
