import type { ClientTestStep, ConnectionAttempt } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { WildcardScope } from '@pocket/core/internal'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { ClientPictures } from '../http/page-pictures.ts'
import type { Viewer } from '../http/viewer.ts'
import type { Compatibility } from './compatibility.ts'
import type { FieldColumn, TextField } from './settings/field.ts'
import type { FieldProblem } from './settings/section-form.ts'
import type { SectionName } from './settings/sections.ts'
import type { Instructions } from './templates/instructions.ts'
import type { UrlDoubt } from './templates/pasted-url.ts'

/** A client in the list. */
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
export interface ClientsPage {
  readonly view: 'clients'
  readonly viewer: Viewer
  readonly list: ListView
  readonly clients: readonly ClientItem[]
  /** Number of clients just deleted, and the name of the first one. */
  readonly removed: { readonly name: string; readonly count: number } | null
  readonly nothingSelected: boolean
}

/** Values of the form for a new client. */
export interface ClientNewValues {
  readonly name: string
  /** URL of the application, as pasted. */
  readonly address: string
  /** One per line, for applications whose redirect URIs no template defines. */
  readonly redirectUris: readonly string[]
  /** The operator; empty if not given. */
  readonly operator: string
}

/** `/settings/admin/oidc-clients/new`: selects a template. */
export interface ClientChoosePage {
  readonly view: 'client-choose'
  readonly viewer: Viewer
  readonly search: string
  /** Templates that match the search. */
  readonly templates: readonly { readonly id: string; readonly name: string; readonly isListed: boolean }[]
}

/** The same path with `?template=…`. Its form posts to the same path. */
export interface ClientNewPage {
  readonly view: 'client-new'
  readonly viewer: Viewer
  readonly template: { readonly id: string; readonly name: string; readonly example: string | null } | null
  readonly values: ClientNewValues
  /** Whether access is restricted to groups (initially none) or open to all users. */
  readonly isGroupRestricted: boolean
  /** Errors on `name`, `address`, `redirectUris` and `redirectUris[i]`. */
  readonly problems: readonly FieldError[]
  /** A doubt about the URL that the user must confirm; the form then sends `sure`. */
  readonly doubt: { readonly code: Exclude<UrlDoubt, 'invalid'>; readonly address: string } | null
  /** The default port of the application. */
  readonly port: number | null
}

/** Keys below `client.endpointNames` in the catalogue. */
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

/** A form field of a section. */
export interface FieldView extends Pick<TextField, 'name' | 'key' | 'options'> {
  readonly kind: TextField['kind'] | 'rows'
  readonly value: string
  readonly columns: readonly FieldColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly problems: readonly Pick<FieldProblem, 'code' | 'value'>[]
  /** Whether the client's metadata document defines it. */
  readonly isLocked: boolean
}

/** Settings that are saved together; the form posts to `settings/NAME` below the client's path. */
export interface SectionView {
  readonly name: SectionName
  readonly advanced: boolean
  readonly isOpen: boolean
  readonly fields: readonly FieldView[]
}

export interface SecretItem {
  readonly id: string
  readonly prefix: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly isActive: boolean
  readonly lastUsedAt: number | null
}

/** `/settings/admin/oidc-clients/<id>`. Its forms post to paths below it. */
export interface ClientPage {
  readonly view: 'client'
  readonly viewer: Viewer
  readonly client: {
    readonly id: string
    readonly name: string
    readonly redirectUris: readonly string[]
    readonly template: string | null
    readonly isPublic: boolean
    /** Whether it is defined by a client ID metadata document. */
    readonly isDescribed: boolean
    /** Whether an administrator marked it as known; `null` if an administrator registered it. */
    readonly isKnown: boolean | null
    /** Minutes. */
    readonly accessTokenDurationMinutes: number
    readonly createdAt: number
    /** Oldest first. */
    readonly secrets: readonly SecretItem[]
  }
  readonly instructions: Instructions | null
  readonly sections: readonly SectionView[]
  /** Themes that have a logo. */
  readonly logos: Readonly<Record<'light' | 'dark', boolean>>
  /** Error code if a logo could not be read. */
  readonly logoProblem: string | null
  /** The APIs for which it gets access tokens, and the remaining APIs. */
  readonly apis: {
    readonly granted: readonly {
      readonly id: string
      readonly name: string
      readonly resource: string
      /** Number of permissions on behalf of users; `null`: no access. */
      readonly forPeople: number | null
      readonly clientPermissionCount: number | null
      readonly permissions: number
    }[]
    readonly others: readonly { readonly id: string; readonly name: string }[]
  }
  /** Preview of the claims about a user; `parts` is empty until requested. */
  readonly preview: {
    readonly userName: string
    readonly scope: string
    readonly problem: 'unknown' | 'not_allowed' | null
    readonly parts: readonly { readonly name: 'idToken' | 'userInfo' | 'accessToken'; readonly json: string }[]
  }
  /** Recent authentication attempts of the client, newest first. */
  readonly attempts: readonly ConnectionAttemptItem[]
  /** In display order, `discovery` first. */
  readonly endpoints: readonly { readonly name: EndpointName; readonly url: string }[]
  /** The plaintext of the secret that was just created. */
  readonly newSecret: { readonly id: string; readonly value: string } | null
  /** Redirect URIs with wildcards, and the additional URIs that they match. */
  readonly openings: readonly { readonly uri: string; readonly opening: WildcardScope }[]
  /** What it keeps because its application may have relied on it at Pocket ID; `null` if nothing. */
  readonly compatibility: Compatibility | null
  /** Pasted redirect URIs with their corrected forms. */
  readonly corrections: readonly { readonly given: string; readonly corrected: string }[]
  /** Access to the client. The form sends `access` (`everybody` or `groups`) and any number of IDs in `groups`. */
  readonly access: {
    readonly isGroupRestricted: boolean
    /** Number of groups with access, including those not shown. */
    readonly allowed: number
    readonly groups: readonly { readonly id: string; readonly name: string; readonly allowed: boolean }[]
    /** Number of groups not shown. */
    readonly more: number
  }
  /** State of its SCIM provisioning. */
  readonly scim: ScimState
  readonly problems: readonly FieldProblem[]
  readonly notice: ClientNotice | null
  /** The version that the forms are based on; they send it back. */
  readonly version: string
  /** The stored values, instead of the submitted ones, after a conflicting change. */
  readonly conflict: readonly Difference[] | null
}

export type ClientNotice =
  | 'created'
  | 'saved'
  | 'secret_added'
  | 'secret_removed'
  | 'logo_saved'
  | 'logo_removed'
  | 'document_read'
  | 'known'
  | 'unknown'
  | 'kept_off'

/** The result of a client test; the test can be run again. */
export interface ClientTestPage {
  readonly view: 'client-test'
  readonly viewer: Viewer
  readonly client: { readonly id: string; readonly name: string }
  readonly steps: readonly ClientTestStep[]
}

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
}

/** The provisioning state on the page of a client. */
export interface ScimState {
  readonly state: 'none' | 'waiting' | 'works' | 'incomplete' | 'fails'
  /** When the last run finished. */
  readonly at: number | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'client-choose': ClientChoosePage
    readonly 'client-new': ClientNewPage
    readonly client: ClientPage
    readonly clients: ClientsPage
    readonly 'client-test': ClientTestPage
  }
}
