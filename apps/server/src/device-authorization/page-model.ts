import type { AuthenticationCeremony, PendingDeviceAuthorization } from '@pocket/core'

/** `/device` with a device authorization request. */
export interface DeviceAuthorizationPage {
  readonly view: 'device-authorization'
  readonly userName: string
  readonly displayName: string
  readonly request: PendingDeviceAuthorization
  /** Browser and operating system, or the program; empty if unknown. */
  readonly device: string
  /** The passkey ceremony that approves the request; `null` if a form posted to `allowTo` suffices. */
  readonly ceremony: AuthenticationCeremony | null
  readonly allowTo: string
  /** A form posted to this URL denies the request. */
  readonly refuseTo: string
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'device-authorization': DeviceAuthorizationPage
  }
}
