import type { User } from '@pocket/directory'

/** Who looks at a page of the account or administration area. */
export interface Viewer {
  readonly userName: string
  readonly displayName: string
  readonly isAdmin: boolean
  /** The language that the account says, where it says one. */
  readonly locale: string | null
}

/** What a page of the account and administration area says about who looks at it. */
export function viewerOf({ userName, displayName, administrator, locale }: User): Viewer {
  return { userName, displayName, isAdmin: administrator, locale }
}
