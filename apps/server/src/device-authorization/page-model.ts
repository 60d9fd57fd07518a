import type { AuthenticationCeremony, PendingDeviceAuthorization } from '@pocket/core'

/** `/device`, where an application on another device asks for access. */
export interface DeviceAuthorizationPage {
  readonly view: 'device-authorization'
  readonly userName: string
  readonly displayName: string
  readonly request: PendingDeviceAuthorization
  /** Browser and system, or the program; empty where they are not known. */
  readonly device: string
  /** How to allow it; `null` where a form posted to `allowTo` does. */
  readonly ceremony: AuthenticationCeremony | null
  readonly allowTo: string
  /** A form posted to it refuses. */
  readonly refuseTo: string
}
