import type { AuthenticationCeremony } from '@pocket/core'

/** `/login/device`: waits until another device lets this one in. */
export interface DeviceLoginPage {
  readonly view: 'device-login'
  /** `null` once it has come to nothing. */
  readonly userCode: string | null
  /** What a person types into the browser of the other device. */
  readonly address: string
  /** `path` is the `d` of an SVG path in a square of `size` units. */
  readonly qrCode: { readonly size: number; readonly path: string }
  /** The script posts `{ "redirect": string }` to it, and waits; the form looks once. */
  readonly submitTo: string
  readonly redirect: string
  /** Why it has come to nothing: the code of an error. */
  readonly problem: string | null
}

/** `/device`: asks for the code that another device shows, and whether to let it in. */
export interface DevicePage {
  readonly view: 'device'
  readonly userName: string
  /** What was typed and refused. */
  readonly code: string
  readonly problem: string | null
  readonly request: {
    readonly userCode: string
    /** Browser and system. */
    readonly device: string
    readonly ipAddress: string | null
    readonly ceremonies: { readonly approve: AuthenticationCeremony; readonly deny: AuthenticationCeremony }
  } | null
  /** Where the application is not for this person: a form posted to `refuseTo` refuses it; another account signs in at `otherDeviceUrl`. */
  readonly notAllowed?: { readonly refuseTo: string; readonly otherDeviceUrl: string }
  readonly done: 'approved' | 'denied' | 'allowed' | 'refused' | null
}
