import { noProtectedSite, type ProtectedSite } from './protected-site.ts'

/** The signature algorithms that a client can choose (RFC 7518 §3.1, RFC 8037). Symmetric algorithms are excluded. */
export const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
/** The signature algorithm of tokens (RFC 7518 §3.1). */
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** The key management algorithms for encryption (RFC 7518 §4.1). */
export const keyManagementAlgorithms = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const
export type KeyManagementAlgorithm = (typeof keyManagementAlgorithms)[number]

/** The content encryption algorithms (RFC 7518 §5.1). */
export const contentEncryptionAlgorithms = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const
export type ContentEncryptionAlgorithm = (typeof contentEncryptionAlgorithms)[number]

/** The encryption of a token (RFC 7516 §4.1). */
export interface Encryption {
  readonly alg: KeyManagementAlgorithm
  readonly enc: ContentEncryptionAlgorithm
}

/**
 * The authentication methods of a confidential client at the token endpoint (OpenID Connect Core §9). `client_secret`
 * allows basic and post. Ignored for public clients.
 */
export const clientAuthenticationMethods = ['client_secret', 'client_secret_jwt', 'private_key_jwt'] as const
/** The authentication method of a client at the token endpoint (OpenID Connect Core §9). */
export type ClientAuthenticationMethod = (typeof clientAuthenticationMethods)[number]

/** A claim that is customized for a client. */
export interface ClaimRule {
  /** The name of the claim that the client receives. */
  readonly claim: string
  /** The source of the value: a built-in claim, a custom claim of the user or a group, or a constant. */
  readonly source:
    | { readonly kind: 'claim'; readonly name: string }
    | { readonly kind: 'custom'; readonly key: string }
    | { readonly kind: 'constant'; readonly value: unknown }
  /** Converts the value to a string or an array; `null` leaves it unchanged. */
  readonly as: 'string' | 'array' | null
}

/** Filters and renames the groups that a client receives. */
export interface GroupRules {
  /** Name patterns in which `*` matches any characters; `null` includes all groups. */
  readonly include: readonly string[] | null
  readonly rename: Readonly<Record<string, string>>
}

/**
 * Protocol settings of a client that differ from the defaults. They use the names of client metadata (RFC 7591, OpenID
 * Connect Dynamic Client Registration §2) where such names exist.
 */
export interface ClientProtocol extends ProtectedSite {
  readonly tokenEndpointAuthMethod: ClientAuthenticationMethod
  /** The client's public keys (RFC 7517 §5); excludes `jwksUri`. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null
  /** The URL of the client's public keys. */
  readonly jwksUri: string | null
  /** Whether the authorization endpoint may return an ID token (OpenID Connect Core §3.2). */
  readonly implicitIdToken: boolean
  readonly idTokenSignedResponseAlg: SigningAlgorithm
  readonly idTokenEncryptedResponse: Encryption | null
  /** `null` for plain JSON. */
  readonly userinfoSignedResponseAlg: SigningAlgorithm | null
  readonly userinfoEncryptedResponse: Encryption | null
  /** JARM. */
  readonly authorizationSignedResponseAlg: SigningAlgorithm
  readonly authorizationEncryptedResponse: Encryption | null
  /** RFC 9701. `null` for plain JSON. */
  readonly introspectionSignedResponseAlg: SigningAlgorithm | null
  /** RFC 9101 §10.5: unsigned request objects are rejected. */
  readonly requireSignedRequestObject: boolean
  /** RFC 9449 §5.2: tokens are only issued with a DPoP key. */
  readonly dpopBoundAccessTokens: boolean
  readonly subjectType: 'public' | 'pairwise'
  /** OpenID Connect Core §8.1. */
  readonly sectorIdentifierUri: string | null
  /**
   * Whether access tokens for UserInfo are JWTs (RFC 9068); a service that only verifies the signature does not notice
   * a revocation.
   */
  readonly jwtAccessTokens: boolean
  /** Whether client credentials tokens without an API are opaque instead of JWTs (RFC 9068). */
  readonly opaqueClientCredentials: boolean
  /** Whether a code challenge may be the verifier itself, which is also the default without a method (RFC 7636 §4.2, §4.3). */
  readonly plainPkce: boolean
  /** RFC 9396 §10: the authorization details types that the client may request. */
  readonly authorizationDetailsTypes: readonly string[]
  /** Whether the FAPI 2.0 Security Profile is enforced. */
  readonly fapi: boolean
  /** Minutes from sign-in after which refresh tokens stop working, even if they were used; `null` for no limit. */
  readonly refreshTokenAbsoluteLifetimeMinutes: number | null
  /** Scopes that are added to every authorization request. */
  readonly defaultScopes: readonly string[]
  readonly claimRules: readonly ClaimRule[]
  readonly groupRules: GroupRules
  /** User names that this client uses for accounts, by account ID. */
  readonly userNames: Readonly<Record<string, string>>
  /** Minutes since the last use of a passkey after which re-authentication is required; `null` for the session lifetime. */
  readonly maxSessionAgeMinutes: number | null
  /** OpenID Connect Back-Channel Logout §2.2. */
  readonly backchannelLogoutUri: string | null
  readonly backchannelLogoutSessionRequired: boolean
  /** OpenID Connect Core §4. */
  readonly initiateLoginUri: string | null
  /** The operator of the application, as shown on the consent page. */
  readonly operator: string | null
  /**
   * Whether an administrator trusts the operator of a self-registered client, so that its logo may be shown. A change
   * of the self-description resets it.
   */
  readonly isKnown: boolean
}

/** The default protocol settings. */
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
  opaqueClientCredentials: false,
  plainPkce: false,
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
  ...noProtectedSite,
}
