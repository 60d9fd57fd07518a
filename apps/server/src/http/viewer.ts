import type { User } from '@pocket/directory'

export interface Viewer {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  readonly isAdmin: boolean
  readonly locale: string | null
}

/** The model of a page of a signed-in user. */
export interface SignedInPage<View extends string> {
  readonly view: View
  readonly viewer: Viewer
}

export function viewerOf({ id, userName, displayName, administrator, locale }: User): Viewer {
  return { id, userName, displayName, isAdmin: administrator, locale }
}
