import type { ConnectionAttempt, RedirectUriOpening } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { Viewer } from '../http/viewer.ts'

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
  readonly conflict: readonly Difference<'name' | 'redirectUris'>[] | null
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
