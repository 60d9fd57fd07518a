import type { User } from '@pocket/directory'

export interface Viewer {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  readonly isAdmin: boolean
  readonly locale: string | null
}

export function viewerOf({ id, userName, displayName, administrator, locale }: User): Viewer {
  return { id, userName, displayName, isAdmin: administrator, locale }
}
