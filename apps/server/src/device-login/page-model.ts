import type { AuthenticationCeremony } from '@pocket/core'

/** `/login/device`: waits until another device approves the sign-in. */
export interface DeviceLoginPage {
  readonly view: 'device-login'
  /** `null` after the request has failed. */
  readonly userCode: string | null
  /** The URL to open on the other device. */
  readonly address: string
  /** `path` is the `d` of an SVG path in a square of `size` units. */
  readonly qrCode: { readonly size: number; readonly path: string }
  /** URL to which the script posts `{ "redirect": string }` for long polling; the form checks once. */
  readonly submitTo: string
  readonly redirect: string
  readonly problem: string | null
}

/** `/device`: asks for the code of the waiting device and whether to approve its sign-in. */
export interface DevicePage {
  readonly view: 'device'
  readonly userName: string
  readonly code: string
  readonly problem: string | null
  readonly request: {
    readonly userCode: string
    /** Browser and operating system. */
    readonly device: string
    readonly ipAddress: string | null
    readonly ceremony: AuthenticationCeremony
    readonly denyTo: string
  } | null
  /** If the user may not use the application: `refuseTo` denies it, `otherDeviceUrl` signs in with another account. */
  readonly notAllowed?: { readonly refuseTo: string; readonly otherDeviceUrl: string }
  readonly done: 'approved' | 'denied' | 'allowed' | 'refused' | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'device-login': DeviceLoginPage
    readonly device: DevicePage
  }
}
