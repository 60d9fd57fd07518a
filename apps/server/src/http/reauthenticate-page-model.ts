import type { AuthenticationCeremony } from '@pocket/core'
import type { Viewer } from './viewer.ts'

/** Asks for a passkey before a sensitive action, then continues with the action. */
export interface ReauthenticatePage {
  readonly view: 'reauthenticate'
  readonly viewer: Viewer
  readonly ceremony: AuthenticationCeremony
  /** The form is posted again to this path with the same fields. */
  readonly continueTo: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}
