import type { AuthenticationCeremony } from '@pocket/core'
import type { Viewer } from './viewer.ts'

/** Where a form asks for something sensitive: a passkey first, then what the form asks for. */
export interface ReauthenticatePage {
  readonly view: 'reauthenticate'
  readonly viewer: Viewer
  readonly ceremony: AuthenticationCeremony
  /** The form is posted to it again, with the same fields. */
  readonly continueTo: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}
