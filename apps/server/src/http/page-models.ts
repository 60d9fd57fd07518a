import type {
  AuthenticationCeremony,
  ConnectionAttempt,
  PendingDeviceAuthorization,
  RedirectUriOpening,
  View,
} from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'

/** Who looks at a page of the account or administration area. */
export interface Viewer {
  readonly userName: string
  readonly displayName: string
  readonly isAdmin: boolean
}

/** `/login/setup`: creates the administrator. */
export interface SetupPage {
  readonly view: 'setup'
}

/** `/signup` and `/st/TOKEN`: lets a stranger in. */
export interface SignUpPage {
  readonly view: 'sign-up'
  /** Empty where everybody may sign up. */
  readonly token: string
  readonly emailRequired: boolean
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever has an account. */
  readonly signInAt: string
}

/** `/signup/waiting`: for whoever has signed up and waits for an administrator. */
export interface SignUpWaitingPage {
  readonly view: 'sign-up-waiting'
}

/** `/signup/add-passkey`: the passkey of somebody who is signed in and may have none. */
export interface AddPasskeyPage {
  readonly view: 'add-passkey'
  /** What the person is called. */
  readonly name: string
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever does it another time. */
  readonly laterAt: string
}

/** `/lc` and `/lc/CODE`: lets somebody in by a login code. */
export interface CodePage {
  readonly view: 'code'
  /** What the field holds: nothing, the code of the link, or what was typed before. */
  readonly code: string
  /** Whether a link filled the code in. */
  readonly fromLink: boolean
  /** Why the code was refused: `code_invalid`, `account_disabled` or `required`. */
  readonly problem: string | null
  /** How to ask for a code by e-mail; `null` where that is turned off. */
  readonly byEmail: {
    readonly email: string
    /** Whether one was just asked for. */
    readonly sent: boolean
    /** Why the address was refused. */
    readonly problem: string | null
  } | null
  /** The path to go to afterwards, sent back as `redirect`. */
  readonly redirect: string
}

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
  readonly done: 'approved' | 'denied' | 'allowed' | 'refused' | null
}

/** `/device`, where an application on another device asks for access. */
export interface DeviceAuthorizationPage {
  readonly view: 'device-authorization'
  readonly userName: string
  readonly displayName: string
  readonly request: PendingDeviceAuthorization
  /** How to allow it; `null` where a form posted to `allowTo` does. */
  readonly ceremony: AuthenticationCeremony | null
  readonly allowTo: string
  /** A form posted to it refuses. */
  readonly refuseTo: string
}

/** Where a form asks for something sensitive: a passkey first, then what the form asks for. */
export interface ReauthenticatePage {
  readonly view: 'reauthenticate'
  readonly viewer: Viewer
  readonly ceremony: AuthenticationCeremony
  /** The form is posted to it again, with the same fields. */
  readonly continueTo: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** `/verify-email`: confirms that an address belongs to whoever is signed in. */
export interface VerifyEmailPage {
  readonly view: 'verify-email'
  readonly state: 'ask' | 'verified' | 'refused'
  /** Sent back by the form. */
  readonly token: string
  readonly email: string
}

/** A passkey as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface PasskeyItem {
  readonly id: string
  readonly name: string
  /** Whether it is kept by more than one device (WebAuthn's backup state). */
  readonly synced: boolean
  /** Who keeps it, as far as its model is known: `drawing` is the `d` of a path in a square of 24 units. */
  readonly provider: { readonly name: string; readonly drawing: string | null } | null
  /** Browser and system in which it was made; `null` where that is not known. */
  readonly madeIn: string | null
  /** The policy does not accept it any more. */
  readonly outdated: boolean
  /** When its signature counter last did not rise. */
  readonly counterRegressedAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

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

/** `/settings/account`. */
export interface AccountPage {
  readonly view: 'account'
  readonly viewer: Viewer
  readonly email: string | null
  readonly emailVerified: boolean
  /** Whether to offer a link that verifies the address. */
  readonly verifiable: boolean
  /** Whether to ask for a second passkey, since the only one is on one device. */
  readonly secondAskedFor: boolean
  /** The oldest first. */
  readonly passkeys: readonly PasskeyItem[]
  /** Whichever was used last comes first. */
  readonly sessions: readonly SessionLine[]
  /** What the browser's password manager is told: every passkey, and what the person is called. */
  readonly signals: {
    readonly rpId: string
    readonly userId: string
    readonly credentialIds: readonly string[]
    readonly userName: string
    readonly displayName: string
  }
  /** What has just been done; `name` is the passkey's, or the e-mail address. */
  readonly notice: {
    readonly done:
      | 'passkey_added'
      | 'passkey_renamed'
      | 'passkey_removed'
      | 'verification_sent'
      | 'session_ended'
      | 'sessions_ended'
    readonly name: string
  } | null
  /** A refused rename: `name` is what was typed, `code` that of a field error on `name`. */
  readonly renameProblem: { readonly passkeyId: string; readonly name: string; readonly code: string } | null
}

/** A client as the list shows it. */
export interface ClientItem {
  readonly id: string
  readonly name: string
  /** The host of its first callback URL, or the scheme of an app. */
  readonly destination: string | null
  readonly createdAt: number
}

/** `/settings/admin/oidc-clients`. */
export interface ClientsPage {
  readonly view: 'clients'
  readonly viewer: Viewer
  /** By name. */
  readonly clients: readonly ClientItem[]
  /** The name of the client that has just been deleted. */
  readonly removed: string | null
}

export type ClientTemplate = 'synology-dsm' | 'other'

/** What the form of a client holds: what is stored, or what was typed and refused. */
export interface ClientFormValues {
  readonly name: string
  /** One an address; `redirectUris[i]` in `problems` means the one at `i`. */
  readonly redirectUris: readonly string[]
  /** Who runs it; empty where nobody has said so. */
  readonly operator: string
}

/** `/settings/admin/oidc-clients/new`, with `?template=…` once it is chosen. Its form is posted to the same address. */
export interface ClientNewPage {
  readonly view: 'client-new'
  readonly viewer: Viewer
  /** `null` asks what to connect. The form sends it back as `template`. */
  readonly template: ClientTemplate | null
  readonly values: ClientFormValues
  /** Which of the two is chosen: everybody, or nobody until groups are chosen. */
  readonly isGroupRestricted: boolean
  /** On `name`, `redirectUris` and `redirectUris[i]`. */
  readonly problems: readonly FieldError[]
}

/** The keys of `client.endpointNames` in the catalogue. */
export type EndpointName =
  | 'discovery'
  | 'issuer'
  | 'authorization'
  | 'token'
  | 'userinfo'
  | 'jwks'
  | 'end_session'
  | 'introspection'
  | 'revocation'
  | 'pushed_authorization_request'

/** `/settings/admin/oidc-clients/<id>`. Its forms are posted below the same address. */
export interface ClientPage {
  readonly view: 'client'
  readonly viewer: Viewer
  readonly client: {
    readonly id: string
    readonly name: string
    readonly redirectUris: readonly string[]
    readonly template: string | null
    readonly isPublic: boolean
    readonly createdAt: number
    /** The oldest first. */
    readonly secrets: readonly { readonly id: string; readonly prefix: string; readonly createdAt: number }[]
  }
  /** What its tokens would hold about a user; no `parts` before somebody asks. */
  readonly preview: {
    readonly userName: string
    readonly scope: string
    readonly problem: 'unknown' | 'not_allowed' | null
    readonly parts: readonly { readonly name: 'idToken' | 'userInfo' | 'accessToken'; readonly json: string }[]
  }
  /** What it has tried of late, the newest first. */
  readonly attempts: readonly ConnectionAttemptItem[]
  /** In the order in which they are shown, `discovery` first. */
  readonly endpoints: readonly { readonly name: EndpointName; readonly url: string }[]
  /** The secret that was made by this very request, in clear. */
  readonly newSecret: { readonly id: string; readonly value: string } | null
  /** What the wildcards of its addresses let in. */
  readonly openings: readonly { readonly uri: string; readonly opening: RedirectUriOpening }[]
  /** Addresses that were pasted with more than a client may have. */
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  /** Who may use it. The form sends `access` (`everybody` or `groups`) and `groups`, any number of ids. */
  readonly access: {
    readonly isGroupRestricted: boolean
    /** How many groups may, those that are not shown included. */
    readonly allowed: number
    readonly groups: readonly { readonly id: string; readonly name: string; readonly allowed: boolean }[]
    /** How many groups are not shown. */
    readonly more: number
  }
  readonly values: ClientFormValues
  readonly problems: readonly FieldError[]
  readonly notice: 'created' | 'saved' | 'secret_added' | 'secret_removed' | null
  /** What the form is based on: it is sent back with it. */
  readonly version: string
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
  readonly conflict: readonly { readonly field: 'name' | 'redirectUris'; readonly stored: string }[] | null
}

/** One line of a client's connection log. */
export interface ConnectionAttemptItem
  extends Pick<
    ConnectionAttempt,
    | 'at'
    | 'endpoint'
    | 'succeeded'
    | 'error'
    | 'reason'
    | 'parameters'
    | 'ignoredParameters'
    | 'clientAuthentication'
    | 'pkce'
    | 'requestId'
    | 'ipAddress'
  > {
  readonly userName: string | null
}

/** Every page of the server, told apart by `view`, which is also the name of its template. */
export type PageModel =
  | View
  | SetupPage
  | CodePage
  | ReauthenticatePage
  | SignUpWaitingPage
  | VerifyEmailPage
  | SignUpPage
  | AddPasskeyPage
  | CodePage
  | DeviceLoginPage
  | DevicePage
  | DeviceAuthorizationPage
  | AccountPage
  | ClientsPage
  | ClientNewPage
  | ClientPage
