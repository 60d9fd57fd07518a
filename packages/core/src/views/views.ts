import type { IncomingMessage } from 'node:http'
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { ClientOrigin } from '../clients/client-origin.ts'
import type { FieldError } from '../errors.ts'

/** The client that requested the authorization. */
export interface ClientView {
  readonly id: string
  readonly name: string
  /** Where the user will be redirected: a host with its port, or the scheme of an app. `null` if unknown. */
  readonly destination: string | null
  /** The name of the operator, if an administrator has set one. */
  readonly operator?: string
  /** Who is responsible for the client, and its links; absent for an unknown client. */
  readonly origin?: ClientOrigin
}

/** Fields common to all pages. */
export interface LocalizedView {
  /** The languages of `ui_locales`: BCP 47 tags in order of preference, ten at most; empty if the client sent none. */
  readonly languages?: readonly string[]
}

/** Everything a page needs for one authentication ceremony (WebAuthn Level 3 §7.2). */
export interface AuthenticationCeremony {
  readonly options: PublicKeyCredentialRequestOptionsJSON
  /** When the challenge expires, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** `GET` this URL for a new ceremony (the same shape, as JSON) after the challenge has expired. */
  readonly refreshFrom: string
  /**
   * `POST` `{ "response": AuthenticationResponseJSON }` to this URL; it returns `{ "redirectTo": string }` or the error
   * envelope.
   */
  readonly submitTo: string
}

/** The sign-in page. */
export interface SignInView extends LocalizedView {
  readonly view: 'sign-in'
  /** `null` at `pages.loginPath`. */
  readonly client: ClientView | null
  readonly ceremony: AuthenticationCeremony
  /** `again` if a user is signed in and the client requires a new authentication. */
  readonly reason: 'first' | 'again'
  /** The page of other sign-in methods, which returns here; `null` if there is none. */
  readonly otherMethodsUrl: string | null
  /** The sign-up page, which returns here; `null` if sign-up is not available. */
  readonly signUpUrl: string | null
  /** Form action for requesting a login code with the fields `email` and `redirect`; `null` if not available. */
  readonly emailCode: { readonly submitTo: string; readonly redirect: string } | null
  /** `POST` to this URL to return to the client without signing in; `null` if that is not possible. */
  readonly cancelTo: string | null
}

/** A claim that the client will receive. `offline_access` has no value: it permits access while the user is away. */
export interface ClaimView {
  readonly claim: 'name' | 'user_name' | 'email' | 'groups' | 'other' | 'offline_access'
  /** The name of the claim if `claim` is `other`. */
  readonly name?: string
  /** A list if the claim is an array, so that the page joins its items in its own language. */
  readonly value: string | readonly string[]
  /** Only set for e-mail addresses. */
  readonly verified: boolean | null
  /** Set if a consent for the client exists that does not include this. */
  readonly isNew?: true
}

/** An API that the client requests access to on behalf of the user (RFC 8707 §2). */
export interface ApiView {
  readonly name: string
  /** The resource indicator, as requested by the client. */
  readonly resource: string
  /** The requested permissions; may be empty if the client needs access only. */
  readonly permissions: readonly {
    readonly key: string
    readonly name: string
    readonly description: string
    /** Set if a consent for the client exists that does not include this. */
    readonly isNew?: true
  }[]
  /** Set if a consent for the client exists that does not include this API. */
  readonly isNew?: true
}

/** A requested authorization detail (RFC 9396 §2). */
export interface AuthorizationDetailView {
  readonly type: string
  /** The description, if the host provides one. */
  readonly description: string | null
  /** As requested by the client. */
  readonly json: string
}

/** The consent page (OpenID Connect Core §3.1.2.4). */
export interface ConsentView extends LocalizedView {
  readonly view: 'consent'
  readonly client: ClientView
  /** Who is responsible for the client. */
  readonly origin: ClientOrigin
  readonly account: { readonly userName: string; readonly displayName: string }
  readonly claims: readonly ClaimView[]
  readonly apis: readonly ApiView[]
  readonly authorizationDetails: readonly AuthorizationDetailView[]
  /** Whether a consent for this client exists. */
  readonly allowedBefore: boolean
  /** Set if the existing consent covers the request, but a native application requires user interaction (RFC 8252 §8.6). */
  readonly confirmOnly?: true
  /** Form action that allows or continues. */
  readonly submitTo: string
  /** Form action that shows the other accounts. */
  readonly switchTo: string
  /** Form action that returns to the client with `access_denied`. */
  readonly cancelTo: string
}

/** The account chooser for the accounts in this browser (`prompt=select_account`, OpenID Connect Core §3.1.2.1). */
export interface SelectAccountView extends LocalizedView {
  readonly view: 'select-account'
  readonly client: ClientView
  readonly accounts: readonly {
    /** The value of the form field `account`. */
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly active: boolean
  }[]
  /** Form action that continues with the chosen account. */
  readonly chooseTo: string
  /** Form action that signs out the chosen account. */
  readonly signOutTo: string
  /** The page to sign in to another account. */
  readonly otherDeviceUrl: string
  readonly cancelTo: string
}

/** The page shown if the user's groups or a host check do not permit the client. */
export interface NotAllowedView extends LocalizedView {
  readonly view: 'not-allowed'
  readonly client: ClientView
  readonly account: { readonly userName: string; readonly displayName: string }
  /** The message of the host's check; absent if the groups are the reason. */
  readonly reason?: string
  /** Present if a second passkey gives access: the page that adds one, if core serves it, and where it returns to. */
  readonly secondPasskey?: { readonly addUrl: string | null; readonly returnTo: string }
  /** Form action that shows the other accounts. */
  readonly switchTo: string
  /** Form action that returns to the client with `access_denied`. */
  readonly cancelTo: string
}

/** The error page (for authorization requests see RFC 6749 §4.1.2.1). */
export interface ErrorView extends LocalizedView {
  readonly view: 'error'
  readonly status: number
  /** One of our codes, or an error code of OAuth 2.0 or OpenID Connect. */
  readonly code: string
  /** For developers. */
  readonly description: string
  readonly details: Readonly<Record<string, string>>
  readonly fields: readonly FieldError[]
  readonly requestId: string | null
  /** The URL at which the user can restart. */
  readonly retryAt: string | null
  /** Seconds until a retry is possible. */
  readonly retryAfter?: number
  /** Whether the page then reloads automatically. */
  readonly retriesItself?: boolean
  /** For administrators: a form that registers the received redirect URI. */
  readonly acceptWith?: { readonly submitTo: string; readonly hidden: Readonly<Record<string, string>> }
}

/** The sign-out confirmation, requested by a client or the user (OpenID Connect RP-Initiated Logout §2). */
export interface SignOutView extends LocalizedView {
  readonly view: 'sign-out'
  readonly client: ClientView | null
  /** The form: send `hidden` unchanged; `confirm` is the name and value of the submit button. */
  readonly submitTo: string
  readonly hidden: Readonly<Record<string, string>>
  readonly confirm: { readonly name: string; readonly value: string }
  /** Why the client's request is invalid. The user can still sign out, but does not return to the client. */
  readonly refused?: { readonly code: string; readonly description: string; readonly requestId: string }
}

/** The page shown after sign-out. */
export interface SignedOutView extends LocalizedView {
  readonly view: 'signed-out'
  readonly client: ClientView | null
}

/** The login code page, used if the host has no page of other sign-in methods. */
export interface LoginCodeView extends LocalizedView {
  readonly view: 'login-code'
  /** `null` at `pages.loginPath`. */
  readonly client: ClientView | null
  /** Form action with the field `code`. */
  readonly submitTo: string
  /** The error code, if the submitted code was rejected. */
  readonly problem: string | null
  /** Whether a code was just requested by e-mail; does not reveal whether the account exists. */
  readonly mailed: boolean
  /** Form action with the field `email` for requesting a code; `null` if not available. */
  readonly emailCode: { readonly submitTo: string } | null
  /** The sign-in page. */
  readonly backTo: string
}

/**
 * The sign-up page, which creates an account with a passkey. Used if `accounts` has `register` and the host has no own page.
 */
export interface SignUpView extends LocalizedView {
  readonly view: 'sign-up'
  /** `null` at `pages.loginPath`. */
  readonly client: ClientView | null
  /** The argument of `register` of `@pocket/core/browser`; its `input` has `userName`, `displayName` and `email`. */
  readonly ceremony: { readonly optionsFrom: string; readonly submitTo: string }
  /** Whether the account was created and awaits approval. */
  readonly waiting: boolean
  /** The sign-in page. */
  readonly backTo: string
}

/** The page that offers a passkey to a signed-in user. */
export interface AddPasskeyView extends LocalizedView {
  readonly view: 'add-passkey'
  readonly account: { readonly userName: string; readonly displayName: string }
  /** The argument of `register` of `@pocket/core/browser`. */
  readonly ceremony: { readonly optionsFrom: string; readonly submitTo: string }
  /** The URL to continue at without a passkey. */
  readonly continueTo: string
}

/** All views; `view` is the discriminator. */
export type View =
  | SignInView
  | LoginCodeView
  | SignUpView
  | AddPasskeyView
  | ConsentView
  | SelectAccountView
  | NotAllowedView
  | ErrorView
  | SignOutView
  | SignedOutView

/**
 * Renders a view as a complete HTML document. Pages may only use scripts and styles from their own origin.
 *
 * @param req - the request, for example to read a language or theme cookie
 */
export type RenderView = (view: View, req: IncomingMessage) => string | Promise<string>

/** The built-in pages, for hosts that render only some views themselves. */
export interface StandardPages {
  /** The built-in page of a view. */
  page(view: View): string
  /** The URL at which core serves `@pocket/core/browser` as one module, for `<script type="module" src="…">`. */
  readonly browserModule: string
}

/**
 * Renders a view as a complete HTML document; `standard` renders the views that the host does not replace. Pages may only use
 * scripts and styles from their own origin.
 *
 * @example
 * ```ts
 * pages: { render: (view, req, standard) => (view.view === 'sign-in' ? mySignIn(view) : standard.page(view)) }
 * ```
 */
export type RenderPage = (view: View, req: IncomingMessage, standard: StandardPages) => string | Promise<string>
