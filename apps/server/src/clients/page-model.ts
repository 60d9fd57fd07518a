import type { ClientTestStep, ConnectionAttempt, ServiceTokenLimits, SiteTestResult } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { WildcardScope } from '@pocket/core/internal'
import type { AuditLine } from '../audit-log/page-model.ts'
import type { BulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { ClientPictures } from '../http/page-pictures.ts'
import type { SignedInPage, Viewer } from '../http/viewer.ts'
import type { Compatibility } from './compatibility.ts'
import type { FieldColumn, TextField } from './settings/field.ts'
import type { FieldProblem } from './settings/section-form.ts'
import type { SectionName } from './settings/sections.ts'
import type { Instructions } from './templates/instructions.ts'
import type { UrlWarning } from './templates/pasted-url.ts'

export interface ClientItem {
  readonly id: string
  readonly name: string
  readonly picture: ClientPictures | null
  /** The host of its first redirect URI, or the scheme of a native app. */
  readonly destination: string | null
  /** Number of groups with access; `null` if it is not restricted. */
  readonly groups: number | null
  /** `seen`: it uses PKCE although PKCE is not required. */
  readonly pkce: 'required' | 'seen' | 'optional'
  readonly isPublic: boolean
  readonly isSelfRegistered: boolean
  readonly lastAttempt: { readonly at: number; readonly succeeded: boolean } | null
  readonly createdAt: number
}

/** `/settings/admin/oidc-clients`. */
export interface ClientsPage extends SignedInPage<'clients'> {
  readonly list: ListView
  readonly clients: readonly ClientItem[]
  readonly notice: BulkNotice | null
  /** Set once, after the set-up. */
  readonly isSetUp: boolean
}

export interface ClientNewValues {
  readonly name: string
  /** URL of the application, as pasted. */
  readonly address: string
  /** One per line, for applications whose redirect URIs no template defines. */
  readonly redirectUris: readonly string[]
  /** The operator; empty if not given. */
  readonly operator: string
  /** The client ID; empty for a random one. */
  readonly id: string
  readonly isPublic: boolean
}

/** `/settings/admin/oidc-clients/new`: selects a template. */
export interface ClientChoosePage extends SignedInPage<'client-choose'> {
  readonly search: string
  /** Templates that match the search. */
  readonly templates: readonly {
    readonly id: string
    readonly name: string
    readonly isListed: boolean
    /** An SVG path in a square of 24 units. */
    readonly logo: { readonly color: string; readonly path: string } | null
  }[]
}

/** The same path with `?template=…`. Its form posts to the same path. */
export interface ClientNewPage extends SignedInPage<'client-new'> {
  readonly template: { readonly id: string; readonly name: string; readonly example: string | null } | null
  readonly values: ClientNewValues
  /** Whether access is restricted to groups (initially none) or open to all users. */
  readonly isGroupRestricted: boolean
  readonly problems: readonly FieldError[]
  /** A warning about the URL that the user must confirm; the form then sends `sure`. */
  readonly warning: { readonly code: Exclude<UrlWarning, 'invalid'>; readonly address: string } | null
  /** The default port of the application. */
  readonly port: number | null
}

/** Keys below `client.endpointNames` in the catalog. */
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

export interface FieldView extends Pick<TextField, 'name' | 'key' | 'options'> {
  readonly kind: TextField['kind'] | 'rows'
  readonly value: string
  readonly columns: readonly FieldColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly problems: readonly Pick<FieldProblem, 'code' | 'value'>[]
  /** Whether the client's metadata document defines it. */
  readonly isLocked: boolean
}

/** A group of settings; the form sends the names of its sections in `section`. */
export interface SectionView {
  readonly name: SectionName
  readonly advanced: boolean
  readonly isOpen: boolean
  readonly fields: readonly FieldView[]
}

export interface SecretItem {
  readonly id: string
  /** The name and the limits of a service token; `null` for a client secret. */
  readonly serviceToken: ServiceTokenLimits | null
  readonly prefix: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly isActive: boolean
  readonly lastUsedAt: number | null
}

/** The head of a client's pages, with its state in one sentence and its tabs. */
export interface ClientHead {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  /** The newest attempt, and the newest successful one with its user; `null` if there is none. */
  readonly lastAttempt: { readonly at: number; readonly succeeded: boolean } | null
  readonly lastSignIn: { readonly at: number; readonly userName: string | null } | null
  /** Number of groups with access; `null` if all users have access. */
  readonly groups: number | null
  /** Whether it is defined by a client ID metadata document. */
  readonly isDescribed: boolean
}

/** The common model of the pages of a client; their forms post to paths below `/settings/admin/oidc-clients/<id>`. */
interface ClientTab {
  readonly viewer: Viewer
  readonly client: ClientHead
  readonly notice: ClientNotice | null
  /** Error code if a logo could not be read. */
  readonly logoProblem: string | null
  /** The version that the forms are based on; they send it back. */
  readonly version: string
}

/** `/settings/admin/oidc-clients/<id>`: connects the application. */
export interface ClientPage extends ClientTab {
  readonly view: 'client'
  readonly connection: {
    readonly redirectUris: readonly string[]
    readonly template: string | null
    readonly isPublic: boolean
    /** Whether an administrator marked it as known; `null` if an administrator registered it. */
    readonly isKnown: boolean | null
    /** Oldest first. */
    readonly secrets: readonly SecretItem[]
  }
  readonly instructions: Instructions | null
  /** `null` if the client is not a protected site. */
  readonly site: SiteView | null
  /** In display order, `discovery` first. */
  readonly endpoints: readonly { readonly name: EndpointName; readonly url: string }[]
  /** The plaintext of new secrets that the administrator has not stored yet, oldest first. */
  readonly newSecrets: readonly NewSecret[]
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  /** The behavior that it keeps because its application may have relied on it at Pocket ID, or `null`. */
  readonly compatibility: Compatibility | null
  readonly steps: readonly ClientTestStep[] | null
}

/** A protected site: the configuration of its proxy, and the test of its rules. */
export interface SiteView {
  readonly isProxyTrusted: boolean
  readonly snippets: readonly { readonly name: string; readonly text: string }[]
  readonly test: {
    readonly url: string
    readonly method: string
    /** A user name; empty for a user who is not signed in. */
    readonly user: string
    /** `null` before the first test. */
    readonly result:
      | (Pick<SiteTestResult, 'verdict' | 'rule' | 'description' | 'headers'> & { readonly problem: null })
      | { readonly problem: 'url' | 'user' }
      | null
  }
}

export interface NewSecret {
  readonly id: string
  readonly value: string
}

/** `/settings/admin/oidc-clients/<id>/access`. */
export interface ClientAccessPage extends ClientTab {
  readonly view: 'client-access'
  /** The form sends `access` (`everybody` or `groups`) and any number of IDs in `groups`. */
  readonly access: {
    readonly isGroupRestricted: boolean
    readonly groups: readonly PickedItem[]
  }
  readonly check: UserAccessCheck
  /** The stored values, instead of the submitted ones, after a conflicting change. */
  readonly conflict: readonly Difference[] | null
}

/** Whether a user may use the client, why, and what the application would receive; `user` is `null` until one is chosen. */
export interface UserAccessCheck {
  readonly user: PickedItem | null
  readonly scope: string
  readonly reason: 'everybody' | 'member' | 'not_member' | 'second_passkey' | 'disabled' | 'unknown' | null
  readonly groups: readonly string[]
  /** For `not_member`: groups that a new member may use the client by, the first ones by name. */
  readonly addTo: readonly PickedItem[]
  /** Claims by name, as text. */
  readonly claims: readonly { readonly name: string; readonly value: string }[]
  readonly parts: readonly { readonly name: 'idToken' | 'userInfo' | 'accessToken'; readonly json: string }[]
}

/** `/settings/admin/oidc-clients/<id>/activity`. */
export interface ClientActivityPage extends ClientTab {
  readonly view: 'client-activity'
  readonly onlyFailed: boolean
  /** Recent authentication attempts of the client, newest first. */
  readonly attempts: readonly ConnectionAttemptItem[]
  /** Newest first. */
  readonly events: readonly AuditLine[]
}

/** `/settings/admin/oidc-clients/<id>/settings`. */
export interface ClientSettingsPage extends ClientTab {
  readonly view: 'client-settings'
  readonly sections: readonly SectionView[]
  readonly logos: Readonly<Record<'light' | 'dark', boolean>>
  /** The APIs that it gets access tokens for. */
  readonly apis: readonly {
    readonly id: string
    readonly name: string
    readonly resource: string
    /** Number of permissions on behalf of users; `null`: no access. */
    readonly userPermissionCount: number | null
    readonly clientPermissionCount: number | null
    readonly permissions: number
  }[]
  /** Redirect URIs with wildcards, and the additional URIs that they match. */
  readonly openings: readonly { readonly uri: string; readonly opening: WildcardScope }[]
  readonly scim: ScimState
  readonly problems: readonly FieldProblem[]
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  readonly conflict: readonly Difference[] | null
  /** Whether the application is Synology DSM, which accepts only origins. */
  readonly isDsm: boolean
  /** Whether the form shows submitted values that are not stored. */
  readonly isRejected: boolean
}

export type ClientNotice =
  | 'created'
  | 'saved'
  | 'access_saved'
  | 'redirect_uri_added'
  | 'secret_added'
  | 'secret_stored'
  | 'secret_removed'
  | 'logo_saved'
  | 'logo_removed'
  | 'document_read'
  | 'known'
  | 'unknown'
  | 'kept_off'

/** A line of a client's connection log. */
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
  readonly accountId: string | null
  /** What to do about a failure: register the redirect URI that was rejected, or give the user access. */
  readonly remedy:
    | { readonly kind: 'register'; readonly redirectUri: string }
    | { readonly kind: 'access'; readonly userId: string }
    /** It has been registered since. */
    | { readonly kind: 'registered' }
    | null
}

export interface ScimState {
  readonly state: 'none' | 'waiting' | 'works' | 'incomplete' | 'fails'
  readonly at: number | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'client-choose': ClientChoosePage
    readonly 'client-new': ClientNewPage
    readonly client: ClientPage
    readonly 'client-access': ClientAccessPage
    readonly 'client-activity': ClientActivityPage
    readonly 'client-settings': ClientSettingsPage
    readonly clients: ClientsPage
  }
}
