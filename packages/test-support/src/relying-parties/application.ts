import type { NewClientInput } from '@pocket/core'

/**
 * How a token request authenticates the client. `basic`: the header with form-encoded parts (RFC 6749 §2.3.1); `raw-basic`:
 * the header with unencoded parts; `post`: the body; `detected`: the header, then the body if the header is rejected, as Go's
 * `oauth2` does, also for clients without a secret; `none`: only the `client_id`.
 */
export type ClientAuthentication = 'basic' | 'raw-basic' | 'post' | 'detected' | 'none'

/** A sign-in entry point of an application, with its own redirect URI. */
export interface EntryPoint {
  readonly name:
    | 'web'
    | 'web, without single sign-on'
    | 'web, in the home network'
    | 'web, another node'
    | 'mobile app'
    | 'mobile app, by an address of its server'
    | 'mobile app, by a scheme of its own'
    | 'command line'
    | 'command line, another port'
    | 'account settings'
  /** Sent unchanged. */
  readonly redirectUri: string
  /** Whether it forces re-authentication with `prompt=login`. */
  readonly forcesLogin?: boolean
}

export interface Need {
  readonly claim: string
  /**
   * `text`: a non-empty string; `account name`: a string without `@`; `list`: a non-empty array of strings; `objects`: an
   * array of objects; `true`: the boolean.
   */
  readonly is: 'text' | 'account name' | 'list' | 'objects' | 'true'
  /** `either`: UserInfo if the ID token does not contain it. */
  readonly from: 'ID token' | 'UserInfo' | 'either'
}

/** How an application validates an ID token. `read`: no validation; `claims`: everything except the signature. */
export type IdTokenValidation =
  | { readonly check: 'none' | 'read' | 'claims' }
  | {
      readonly check: 'signature'
      /** `advertised`: the algorithms in the discovery document. */
      readonly algorithms: readonly string[] | 'advertised'
      /** Whether additional audiences are rejected. */
      readonly soleAudience?: boolean
      /** Whether `at_hash` is validated if present (OpenID Connect Core §3.1.3.8). */
      readonly accessTokenHash?: boolean
    }

/** How an application uses refresh tokens. */
export interface RefreshBehavior {
  /** Whether the response must contain an ID token that passes the same validation as the first one. */
  readonly idToken: boolean
}

/** The parameters sent to the end-session endpoint (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutBehavior {
  readonly idTokenHint: boolean
  readonly clientId: boolean
  readonly postLogoutRedirectUri: string | null
}

/** How an application uses OpenID Connect. */
export interface ProtocolBehavior {
  /**
   * `discovery`: the administrator enters the issuer; `well-known`: the administrator enters the URL of the document, whose
   * `issuer` is trusted unchecked.
   */
  readonly endpoints: 'discovery' | 'well-known' | 'WebFinger' | 'typed'
  readonly scope: string
  /** The number of base64url characters and an optional suffix. */
  readonly state: { readonly length: number; readonly end?: string }
  readonly nonce: boolean
  readonly pkce: boolean
  /** Additional parameters of the authorization request. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly authentication: ClientAuthentication
  readonly idToken: IdTokenValidation
  /** Whether UserInfo is requested always, never, or only if the ID token lacks a required claim. */
  readonly userInfo: 'always' | 'if needed' | 'never'
  readonly needs: readonly Need[]
  /** The claim that identifies the user. */
  readonly identifiedBy: string
  readonly refresh?: RefreshBehavior
  readonly logout?: LogoutBehavior
  /** The path of its back channel (OpenID Connect Back-Channel Logout). */
  readonly backChannelLogoutPath?: string
  /** The origin of its pages if they call the provider directly: they can read only the responses that CORS allows. */
  readonly pageOrigin?: string
}

/** An alternative configuration of an application: the differences from the recommended one. */
export interface Alternative {
  /** Appended to the application's name. */
  readonly name: string
  readonly entryPoints?: Application['entryPoints']
  readonly clientSettings?: Partial<NewClientInput>
  readonly behavior?: Partial<ProtocolBehavior>
}

/** An application that signs users in with this provider, as data. */
export interface Application {
  readonly id: string
  readonly name: string
  readonly entryPoints: readonly [EntryPoint, ...EntryPoint[]]
  readonly clientSettings: NewClientInput
  readonly behavior: ProtocolBehavior
  readonly alternatives?: readonly Alternative[]
}

/**
 * Lists the application in each of its alternative configurations, with the alternative's name appended.
 *
 * @example
 * ```ts
 * for (const each of [grafana, ...alternativesOf(grafana)]) await tryOut(each)
 * ```
 */
export function alternativesOf({ alternatives = [], ...application }: Application): readonly Application[] {
  return alternatives.map(({ name, entryPoints = application.entryPoints, clientSettings, behavior }) => ({
    ...application,
    name: `${application.name} ${name}`,
    entryPoints,
    clientSettings: { ...application.clientSettings, ...clientSettings },
    behavior: { ...application.behavior, ...behavior },
  }))
}
