import type { NewClientInput } from '../../clients/client-input.ts'

/**
 * How a token request says who sends it. `basic`: the header, its parts form-encoded (RFC 6749 §2.3.1); `raw-basic`: the
 * header, its parts as they are; `post`: the body; `detected`: the header, and the body once the header was refused, as
 * Go's `oauth2` does, which a client without a secret does as well; `none`: the `client_id` alone.
 */
export type ClientAuthentication = 'basic' | 'raw-basic' | 'post' | 'detected' | 'none'

/** A way into an application: each has a redirect URI of its own. */
export interface Door {
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
  /** Sent as it is. */
  readonly redirectUri: string
  /** Whether the passkey has to be asked for, by `prompt=login`. */
  readonly refetches?: boolean
}

/** What an application cannot do without. */
export interface Need {
  readonly claim: string
  /**
   * `text`: not empty; `account name`: a text without `@`; `list`: an array of texts, not empty; `objects`: one of objects;
   * `true`: the boolean.
   */
  readonly is: 'text' | 'account name' | 'list' | 'objects' | 'true'
  /** `either`: UserInfo where the ID token does not have it. */
  readonly from: 'ID token' | 'UserInfo' | 'either'
}

/** What an application makes of an ID token. `read`: nothing is checked, `claims`: all but the signature. */
export type IdTokenHabit =
  | { readonly check: 'none' | 'read' | 'claims' }
  | {
      readonly check: 'signature'
      /** `advertised`: those of discovery. */
      readonly algorithms: readonly string[] | 'advertised'
      /** Whether any audience but the client itself is refused. */
      readonly soleAudience?: boolean
      /** Whether `at_hash` is checked where there is one (OpenID Connect Core §3.1.3.8). */
      readonly accessTokenHash?: boolean
    }

/** What an application does with refresh tokens. */
export interface RefreshHabit {
  /** Whether the answer has to have an ID token that is as good as the first one. */
  readonly idToken: boolean
}

/** What is sent to the end-session endpoint (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutHabit {
  readonly idTokenHint: boolean
  readonly clientId: boolean
  readonly postLogoutRedirectUri: string | null
}

/** How an application speaks OpenID Connect. */
export interface Habits {
  /** `discovery`: the issuer is typed; `well-known`: the address of the document is, and its `issuer` is taken as it comes. */
  readonly endpoints: 'discovery' | 'well-known' | 'WebFinger' | 'typed'
  readonly scope: string
  /** So many characters of base64url, and what comes after them. */
  readonly state: { readonly length: number; readonly end?: string }
  readonly nonce: boolean
  readonly pkce: boolean
  /** Parameters of the authorization request beside those that the others say. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly authentication: ClientAuthentication
  readonly idToken: IdTokenHabit
  /** Whether UserInfo is asked always, never, or where a need is not in the ID token. */
  readonly userInfo: 'always' | 'where needed' | 'never'
  readonly needs: readonly Need[]
  /** The claim by which it knows a person again. */
  readonly identifiedBy: string
  readonly refresh?: RefreshHabit
  readonly logout?: LogoutHabit
  /** The path of its back channel (OpenID Connect Back-Channel Logout). */
  readonly backChannelLogoutPath?: string
  /** The origin of its pages, where these ask the provider themselves: they read nothing that CORS does not allow them. */
  readonly asksFromPagesOf?: string
}

/** Another way in which an application can be set up: what differs from how it is best. */
export interface Alternative {
  /** In words that follow its name. */
  readonly name: string
  readonly doors?: Application['doors']
  readonly clientSettings?: Partial<NewClientInput>
  readonly habits?: Partial<Habits>
}

/** An application that signs people in here, as data. */
export interface Application {
  readonly id: string
  readonly name: string
  readonly doors: readonly [Door, ...Door[]]
  /** How its client is best set up. */
  readonly clientSettings: NewClientInput
  readonly habits: Habits
  readonly alternatives?: readonly Alternative[]
}

/**
 * An application as it is with each of its other set-ups, named after it.
 *
 * @example
 * ```ts
 * for (const each of [grafana, ...alternativesOf(grafana)]) await tryOut(each)
 * ```
 */
export function alternativesOf({ alternatives = [], ...application }: Application): readonly Application[] {
  return alternatives.map(({ name, doors = application.doors, clientSettings, habits }) => ({
    ...application,
    name: `${application.name} ${name}`,
    doors,
    clientSettings: { ...application.clientSettings, ...clientSettings },
    habits: { ...application.habits, ...habits },
  }))
}
