/** The transports of an authenticator (WebAuthn Level 3 §5.8.4). Unknown values are kept. */
export type Transport = string

/** A stored credential (a credential record, WebAuthn Level 3 §4). */
export interface Passkey {
  /** Our ID (UUID), used in URLs. */
  readonly id: string
  readonly accountId: string
  /** The credential ID in base64url, unique across all accounts. */
  readonly credentialId: string
  /** The RP ID that it is bound to: the host name of the issuer at registration. `null` if it is not known yet. */
  readonly rpId: string | null
  /** The COSE public key in base64url. */
  readonly publicKey: string
  /** The signature counter; synced passkeys always send 0. */
  readonly counter: number
  readonly transports: readonly Transport[]
  /** The AAGUID of the authenticator model as a UUID, all zeros if not disclosed. */
  readonly aaguid: string
  /** `multiDevice` if the passkey may be synced (backup eligible, WebAuthn §6.1.3). */
  readonly deviceType: 'singleDevice' | 'multiDevice'
  readonly backedUp: boolean
  /**
   * Whether it has ever verified its user by fingerprint, face or PIN (`uvInitialized`, WebAuthn Level 3 §4). `null` if this
   * was not recorded at registration and it has not been used since.
   */
  readonly userVerified: boolean | null
  /** The authenticator attachment (WebAuthn Level 3 §5.4.5), `null` if the browser did not report it. */
  readonly attachment: 'platform' | 'cross-platform' | null
  /** The attestation statement format at registration (WebAuthn Level 3 §8), `null` if there was none. */
  readonly attestation: string | null
  /** When the FIDO Metadata Service confirmed its model, in milliseconds since the Unix epoch. */
  readonly attestedAt: number | null
  /** The `User-Agent` of the browser at registration. */
  readonly device: string | null
  /** Time of the last counter regression, in milliseconds since the Unix epoch. */
  readonly counterRegressedAt: number | null
  readonly name: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** When it last signed the user in, also by its registration. Milliseconds since the Unix epoch; `null` if never. */
  readonly lastUsedAt: number | null
}
