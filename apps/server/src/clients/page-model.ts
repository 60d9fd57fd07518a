import type { ConnectionAttempt, RedirectUriOpening, TrialStep } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { ClientPictures } from '../http/page-pictures.ts'
import type { Viewer } from '../http/viewer.ts'
import type { ScimState } from '../scim/page-model.ts'
import type { FieldColumn, TextField } from './settings/field.ts'
import type { FieldProblem } from './settings/section-form.ts'
import type { SectionName } from './settings/sections.ts'
import type { AddressDoubt } from './templates/address.ts'
import type { Instructions } from './templates/instructions.ts'

/** A client as the list shows it. */
export interface ClientItem {
  readonly id: string
  readonly name: string
  readonly picture: ClientPictures | null
  /** The host of its first callback URL, or the scheme of an app. */
  readonly destination: string | null
  /** How many groups may use it; `null` for everybody. */
  readonly groups: number | null
  /** `seen`: it uses PKCE without having to. */
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
  /** How many have just been deleted, and the name of the first one. */
  readonly removed: { readonly name: string; readonly count: number } | null
  readonly nothingSelected: boolean
}

/** What the form of a new client holds. */
export interface ClientNewValues {
  readonly name: string
  /** Where the application is, as it was pasted. */
  readonly address: string
  /** One an address, where there is no template that knows them. */
  readonly redirectUris: readonly string[]
  /** Who runs it; empty where nobody has said so. */
  readonly operator: string
}

/** `/settings/admin/oidc-clients/new`: what to connect. */
export interface ClientChoosePage {
  readonly view: 'client-choose'
  readonly viewer: Viewer
  readonly search: string
  /** Those that match what is searched for. */
  readonly templates: readonly { readonly id: string; readonly name: string; readonly isListed: boolean }[]
}

/** The same with `?template=…`. Its form is posted to the same address. */
export interface ClientNewPage {
  readonly view: 'client-new'
  readonly viewer: Viewer
  readonly template: { readonly id: string; readonly name: string; readonly example: string | null } | null
  readonly values: ClientNewValues
  /** Which of the two is chosen: everybody, or nobody until groups are chosen. */
  readonly isGroupRestricted: boolean
  /** On `name`, `address`, `redirectUris` and `redirectUris[i]`. */
  readonly problems: readonly FieldError[]
  /** What is asked about the address before it is taken as it is: with `sure`, the form says that it was meant. */
  readonly doubt: { readonly code: Exclude<AddressDoubt, 'invalid'>; readonly address: string } | null
  /** Where it usually listens. */
  readonly port: number | null
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

/** One field of a section, as its form shows it. */
export interface FieldView extends Pick<TextField, 'name' | 'key' | 'options'> {
  readonly kind: TextField['kind'] | 'rows'
  readonly value: string
  readonly columns: readonly FieldColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly problems: readonly Pick<FieldProblem, 'code' | 'value'>[]
  /** Whether the client says it itself. */
  readonly isLocked: boolean
}

/** Settings that are saved together; its form is posted to `settings/NAME` below the client. */
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
    /** Whether it describes itself by a metadata document. */
    readonly isDescribed: boolean
    /** Whether it is marked as known; `null` where an administrator registered it. */
    readonly isKnown: boolean | null
    /** Minutes. */
    readonly accessTokenDurationMinutes: number
    readonly createdAt: number
    /** The oldest first. */
    readonly secrets: readonly SecretItem[]
  }
  readonly instructions: Instructions | null
  readonly sections: readonly SectionView[]
  /** Which logos it has. */
  readonly logos: Readonly<Record<'light' | 'dark', boolean>>
  /** Why a logo could not be read: the code of an error. */
  readonly logoProblem: string | null
  /** The APIs for which it gets access tokens, and others. */
  readonly apis: {
    readonly granted: readonly {
      readonly id: string
      readonly name: string
      readonly resource: string
      /** `null`: not at all. */
      readonly forPeople: number | null
      readonly clientPermissionCount: number | null
      readonly permissions: number
    }[]
    readonly others: readonly { readonly id: string; readonly name: string }[]
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
  /** How its provisioning is doing. */
  readonly scim: ScimState
  readonly problems: readonly FieldProblem[]
  readonly notice: ClientNotice | null
  /** What the forms are based on: it is sent back with them. */
  readonly version: string
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
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

/** What came of a test of a client, in the place of its page; the test can be run again. */
export interface ClientTestPage {
  readonly view: 'client-test'
  readonly viewer: Viewer
  readonly client: { readonly id: string; readonly name: string }
  readonly steps: readonly TrialStep[]
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
