import type { User } from '@pocket/directory'

/** The signed-in user of a page in the account or administration area. */
export interface Viewer {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  readonly isAdmin: boolean
  /** The language of the account, if set. */
  readonly locale: string | null
}

/** The viewer data that pages of the account and administration area need. */
export function viewerOf({ id, userName, displayName, administrator, locale }: User): Viewer {
  return { id, userName, displayName, isAdmin: administrator, locale }
}
