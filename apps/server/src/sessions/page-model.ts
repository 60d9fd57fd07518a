import type { Viewer } from '../http/viewer.ts'

/** A session as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface SessionLine {
  readonly id: string
  /** Browser and system; empty where they are not known. */
  readonly device: string
  readonly ipAddress: string | null
  readonly startedAt: number
  readonly lastUsedAt: number
  /** The applications that were entered in it. */
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  /** Whether it is the one of this very browser. */
  readonly current: boolean
}

/** `/settings/admin/users/ID/sessions`. */
export interface UserSessionsPage {
  readonly view: 'user-sessions'
  readonly viewer: Viewer
  readonly user: { readonly id: string; readonly displayName: string; readonly userName: string }
  /** Whichever was used last comes first. */
  readonly sessions: readonly SessionLine[]
  readonly notice: 'session_ended' | 'sessions_ended' | null
}
