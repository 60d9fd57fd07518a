/** The signature algorithms that a client can choose (RFC 7518 §3.1, RFC 8037). Never one whose key is a secret. */
export const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
/** What tokens can be signed with (RFC 7518 §3.1). */
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** How keys are wrapped for a client (RFC 7518 §4.1). */
export const keyManagementAlgorithms = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const
export type KeyManagementAlgorithm = (typeof keyManagementAlgorithms)[number]

/** How content is encrypted for a client (RFC 7518 §5.1). */
export const contentEncryptionAlgorithms = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const
export type ContentEncryptionAlgorithm = (typeof contentEncryptionAlgorithms)[number]

/** How a token is encrypted for a client (RFC 7516 §4.1). */
export interface Encryption {
  readonly alg: KeyManagementAlgorithm
  readonly enc: ContentEncryptionAlgorithm
}

/**
 * How a confidential client proves who it is at the token endpoint (OpenID Connect Core §9). `client_secret` stands for basic and post alike.
 * A public client proves nothing, whatever is said here.
 */
export const clientAuthenticationMethods = ['client_secret', 'client_secret_jwt', 'private_key_jwt'] as const
/** How a client proves that it is itself at the token endpoint (OpenID Connect Core §9). */
export type ClientAuthenticationMethod = (typeof clientAuthenticationMethods)[number]

/** A claim that a client gets in its own way. */
export interface ClaimRule {
  /** What the client sees. */
  readonly claim: string
  /** Where the value comes from: a claim that we make, a custom claim of the person or a group, or a constant. */
  readonly source:
    | { readonly kind: 'claim'; readonly name: string }
    | { readonly kind: 'custom'; readonly key: string }
    | { readonly kind: 'constant'; readonly value: unknown }
  /** Whether it is a single value or a list, whatever the source holds; `null` leaves it as it is. */
  readonly as: 'string' | 'array' | null
}

/** Which groups a client hears of, and under which names. */
export interface GroupRules {
  /** Names, in which `*` stands for any run of characters; `null` stands for all groups. */
  readonly include: readonly string[] | null
  readonly rename: Readonly<Record<string, string>>
}

/**
 * How a client speaks the protocol, where it differs from what every client gets. The names are those of client metadata
 * (RFC 7591, OpenID Connect Dynamic Client Registration §2) where there are such.
 */
export interface ClientProtocol {
  readonly tokenEndpointAuthMethod: ClientAuthenticationMethod
  /** Its public keys (RFC 7517 §5); not beside `jwksUri`. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null
  /** Where its public keys are. */
  readonly jwksUri: string | null
  /** Whether an ID token may come straight from the authorization endpoint (OpenID Connect Core §3.2). */
  readonly implicitIdToken: boolean
  readonly idTokenSignedResponseAlg: SigningAlgorithm
  readonly idTokenEncryptedResponse: Encryption | null
  /** `null` stands for plain JSON. */
  readonly userinfoSignedResponseAlg: SigningAlgorithm | null
  readonly userinfoEncryptedResponse: Encryption | null
  /** JARM. */
  readonly authorizationSignedResponseAlg: SigningAlgorithm
  readonly authorizationEncryptedResponse: Encryption | null
  /** RFC 9701. `null` stands for plain JSON. */
  readonly introspectionSignedResponseAlg: SigningAlgorithm | null
  /** RFC 9101 §10.5: only signed request objects are taken. */
  readonly requireSignedRequestObject: boolean
  /** RFC 9449 §5.2: tokens are bound to a key, or not given. */
  readonly dpopBoundAccessTokens: boolean
  readonly subjectType: 'public' | 'pairwise'
  /** OpenID Connect Core §8.1. */
  readonly sectorIdentifierUri: string | null
  /** Whether the access token of a login is a JWT (RFC 9068); who verifies its signature alone learns of no end but its own. */
  readonly jwtAccessTokens: boolean
  /** RFC 9396 §10: the types of authorization details that it may ask for. */
  readonly authorizationDetailsTypes: readonly string[]
  /** Whether the FAPI 2.0 Security Profile is enforced. */
  readonly fapi: boolean
  /** Minutes from the sign-in after which no refresh token works, however often it was used; `null`: no such end. */
  readonly refreshTokenAbsoluteLifetimeMinutes: number | null
  /** Scopes that count as requested at each authorization. */
  readonly defaultScopes: readonly string[]
  readonly claimRules: readonly ClaimRule[]
  readonly groupRules: GroupRules
  /** The user names by which the client knows people, by account id. */
  readonly userNames: Readonly<Record<string, string>>
  /** Minutes since the last use of a passkey after which one is asked for again; `null`: as long as the session. */
  readonly maxSessionAgeMinutes: number | null
  /** OpenID Connect Back-Channel Logout §2.2. */
  readonly backchannelLogoutUri: string | null
  readonly backchannelLogoutSessionRequired: boolean
  /** OpenID Connect Core §4. */
  readonly initiateLoginUri: string | null
  /** Who runs the application, in words for the people whom it asks for consent. */
  readonly operator: string | null
  /**
   * Whether an administrator knows who runs a client that registered itself: its logo may be shown. Ends when the client changes
   * what it says of itself.
   */
  readonly isKnown: boolean
}

/** What every client gets for which nothing else is said. */
export const defaultProtocol: ClientProtocol = {
  tokenEndpointAuthMethod: 'client_secret',
  jwks: null,
  jwksUri: null,
  implicitIdToken: false,
  idTokenSignedResponseAlg: 'RS256',
  idTokenEncryptedResponse: null,
  userinfoSignedResponseAlg: null,
  userinfoEncryptedResponse: null,
  authorizationSignedResponseAlg: 'RS256',
  authorizationEncryptedResponse: null,
  introspectionSignedResponseAlg: null,
  requireSignedRequestObject: false,
  dpopBoundAccessTokens: false,
  subjectType: 'public',
  sectorIdentifierUri: null,
  jwtAccessTokens: false,
  authorizationDetailsTypes: [],
  fapi: false,
  refreshTokenAbsoluteLifetimeMinutes: null,
  defaultScopes: [],
  claimRules: [],
  groupRules: { include: null, rename: {} },
  userNames: {},
  maxSessionAgeMinutes: null,
  backchannelLogoutUri: null,
  backchannelLogoutSessionRequired: false,
  initiateLoginUri: null,
  isKnown: false,
  operator: null,
}
