import type { IncomingMessage } from 'node:http'
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { ClientOrigin } from '../clients/client-origin.ts'
import type { FieldError } from '../errors.ts'

/** The application that a person is on the way to. */
export interface ClientView {
  readonly id: string
  readonly name: string
  /** Where the person will be sent: a host with its port, or the scheme of an app. `null` where it is not known. */
  readonly destination: string | null
  /** Who runs it, in words, where an administrator has said so. */
  readonly operator?: string
  /** Who answers for it, and its own links; absent where it is known to nobody. */
  readonly origin?: ClientOrigin
}

/** What every page may hold. */
export interface InLanguages {
  /** What the client asked for in `ui_locales`: BCP 47 tags, the best first, ten at most; empty where it said nothing. */
  readonly languages?: readonly string[]
}

/** What a page needs for one authentication ceremony without asking anything else first (WebAuthn Level 3 §7.2). */
export interface AuthenticationCeremony {
  readonly options: PublicKeyCredentialRequestOptionsJSON
  /** When the challenge ends, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** `GET` it for a fresh ceremony (this same shape, as JSON) once the challenge has ended. */
  readonly refreshFrom: string
  /** `POST` `{ "response": AuthenticationResponseJSON }` to it; it answers `{ "redirectTo": string }` or the error envelope. */
  readonly submitTo: string
}

/** Asks for a passkey. */
export interface SignInView extends InLanguages {
  readonly view: 'sign-in'
  readonly client: ClientView | null
  readonly ceremony: AuthenticationCeremony
  /** `again` where somebody is signed in and the client wants a new ceremony. */
  readonly reason: 'first' | 'again'
  /** The page with other ways to sign in; it leads back here. `null` where there is none. */
  readonly otherMethodsUrl: string | null
  /** The page on which strangers sign up; it leads back here. `null` where they cannot. */
  readonly signUpUrl: string | null
  /** Where a form posts `email`, and `redirect` as it is here, for a login code; `null` where that is not possible. */
  readonly emailCode: { readonly submitTo: string; readonly redirect: string } | null
  /** `POST` it to go back to the client without signing in; `null` where there is no way back. */
  readonly cancelTo: string | null
}

/** One thing that a client will be told, or may do: `offline_access` is to come back while the person is away, and has no value. */
export interface ClaimView {
  readonly claim: 'name' | 'user_name' | 'email' | 'groups' | 'other' | 'offline_access'
  /** The claim's name, for any `other`. */
  readonly name?: string
  readonly value: string
  /** Set for an e-mail address alone. */
  readonly verified: boolean | null
  /** Set where the person has allowed the client something before, but not this. */
  readonly isNew?: true
}

/** An API that a client wants to use in the person's name (RFC 8707 §2). */
export interface ApiView {
  readonly name: string
  /** Its address, as the client asks for it. */
  readonly resource: string
  /** What the client will be allowed to do there; with none it gets in and may do nothing that needs a permission. */
  readonly permissions: readonly {
    readonly key: string
    readonly name: string
    readonly description: string
    /** Set where the person has allowed the client something before, but not this. */
    readonly isNew?: true
  }[]
  /** Set where the person has allowed the client something before, but nothing at this API. */
  readonly isNew?: true
}

/** What a client wants to be allowed in particular (RFC 9396 §2). */
export interface AuthorizationDetailView {
  readonly type: string
  /** In words, where the host has them. */
  readonly description: string | null
  /** As the client asks for it. */
  readonly json: string
}

/** Asks whether a client may know who the person is (OpenID Connect Core §3.1.2.4). */
export interface ConsentView extends InLanguages {
  readonly view: 'consent'
  readonly client: ClientView
  /** Who answers for the client. */
  readonly origin: ClientOrigin
  readonly account: { readonly userName: string; readonly displayName: string }
  readonly claims: readonly ClaimView[]
  readonly apis: readonly ApiView[]
  readonly authorizationDetails: readonly AuthorizationDetailView[]
  /** Whether the person allowed this client something before. */
  readonly allowedBefore: boolean
  /** Set where nothing is left to allow, and a native application needs the person to continue (RFC 8252 §8.6). */
  readonly confirmOnly?: true
  /** A form posted to it allows, or continues. */
  readonly submitTo: string
  /** A form posted to it leads to the other accounts. */
  readonly switchTo: string
  /** A form posted to it sends the person back with `access_denied`. */
  readonly cancelTo: string
}

/** Lets a person choose as whom to go on, of those who are signed in in this browser (`prompt=select_account`, OpenID Connect Core §3.1.2.1). */
export interface SelectAccountView extends InLanguages {
  readonly view: 'select-account'
  readonly client: ClientView
  readonly accounts: readonly {
    /** A field `account` with it says which. */
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly active: boolean
  }[]
  /** A form posted to it goes on as that account. */
  readonly chooseTo: string
  /** A form posted to it signs that account out. */
  readonly signOutTo: string
  /** The page on which somebody else signs in. */
  readonly otherDeviceUrl: string
  readonly cancelTo: string
}

/** Says that a person’s groups, or a rule of the host’s, do not allow them a client. */
export interface NotAllowedView extends InLanguages {
  readonly view: 'not-allowed'
  readonly client: ClientView
  readonly account: { readonly userName: string; readonly displayName: string }
  /** What a check of the host's says; absent where it is the groups. */
  readonly reason?: string
  /** A form posted to it leads to the other accounts. */
  readonly switchTo: string
  /** A form posted to it sends the person back with `access_denied`. */
  readonly cancelTo: string
}

/** Says what happened and whose turn it is (of an authorization request: RFC 6749 §4.1.2.1). */
export interface ErrorView extends InLanguages {
  readonly view: 'error'
  readonly status: number
  /** One of ours, or an error of OAuth 2.0 or OpenID Connect. */
  readonly code: string
  /** For developers. */
  readonly description: string
  readonly details: Readonly<Record<string, string>>
  readonly fields: readonly FieldError[]
  readonly requestId: string | null
  /** Where the person can begin anew. */
  readonly retryAt: string | null
  /** Seconds until the same can be tried again. */
  readonly retryAfter?: number
  /** Whether the page is loaded again by itself then. */
  readonly retriesItself?: boolean
  /** For an administrator: a form that registers the address that was received. */
  readonly acceptWith?: { readonly submitTo: string; readonly hidden: Readonly<Record<string, string>> }
}

/** Asks whether to sign out, when a client or the person wants it (OpenID Connect RP-Initiated Logout §2). */
export interface SignOutView extends InLanguages {
  readonly view: 'sign-out'
  readonly client: ClientView | null
  /** Fields of a form: `hidden` as they are; `confirm` is the name and value that the button sends. */
  readonly submitTo: string
  readonly hidden: Readonly<Record<string, string>>
  readonly confirm: { readonly name: string; readonly value: string }
  /** Why what a client asked does not count, so that the person is asked and stays here afterwards. */
  readonly refused?: { readonly code: string; readonly description: string; readonly requestId: string }
}

/** Says that the person has been signed out. */
export interface SignedOutView extends InLanguages {
  readonly view: 'signed-out'
  readonly client: ClientView | null
}

/** Asks for a login code, where the host has no page of other ways to sign in. */
export interface LoginCodeView extends InLanguages {
  readonly view: 'login-code'
  readonly client: ClientView
  /** A form posts `code` to it. */
  readonly submitTo: string
  /** A code of the error, where one was typed that does not let anybody in. */
  readonly problem: string | null
  /** Whether a code has just been asked for by e-mail; it says nothing of whether there is such an account. */
  readonly mailed: boolean
  /** Where a form posts `email` for a code; `null` where that is not possible. */
  readonly emailCode: { readonly submitTo: string } | null
  /** The sign-in page. */
  readonly backTo: string
}

/** Makes an account together with a passkey, where `stores.accounts` has `register` and the host has no page for it. */
export interface SignUpView extends InLanguages {
  readonly view: 'sign-up'
  readonly client: ClientView
  /** What `register` of `@pocket/core/browser` takes, with `userName`, `displayName` and `email` as its `input`. */
  readonly ceremony: { readonly optionsFrom: string; readonly submitTo: string }
  /** Whether the account has been made, and somebody has to let it in first. */
  readonly waiting: boolean
  /** The sign-in page. */
  readonly backTo: string
}

/** Everything that a page can be asked to show; `view` says which it is. */
export type View =
  | SignInView
  | LoginCodeView
  | SignUpView
  | ConsentView
  | SelectAccountView
  | NotAllowedView
  | ErrorView
  | SignOutView
  | SignedOutView

/**
 * Turns a view into a complete HTML document. Pages may use scripts and styles from their own origin only.
 *
 * @param req - the request that it answers, for what the host keeps in cookies: a language, a theme
 */
export type RenderView = (view: View, req: IncomingMessage) => string | Promise<string>

/** What core has for pages, for a host that makes some of them itself. */
export interface StandardPages {
  /** The plain page of a view. */
  page(view: View): string
  /** The address of `@pocket/core/browser` as one module that core serves, for `<script type="module" src="…">`. */
  readonly browserModule: string
}

/**
 * As {@link RenderView}; `standard` helps where a host wants pages of its own for some views only.
 *
 * @example
 * ```ts
 * render: (view, req, standard) => (view.view === 'sign-in' ? mySignIn(view) : standard.page(view))
 * ```
 */
export type RenderPage = (view: View, req: IncomingMessage, standard: StandardPages) => string | Promise<string>
