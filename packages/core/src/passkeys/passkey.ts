/** The kinds of connection that an authenticator names (WebAuthn Level 3 §5.8.4). Unknown ones are kept as they are. */
export type Transport = string

/** A stored credential (a credential record, WebAuthn Level 3 §4). */
export interface Passkey {
  /** Our id (UUID), used in addresses. */
  readonly id: string
  readonly accountId: string
  /** The credential id in base64url, unique among all accounts. */
  readonly credentialId: string
  /** The COSE public key in base64url. */
  readonly publicKey: string
  /** The signature counter; synced passkeys always send 0. */
  readonly counter: number
  readonly transports: readonly Transport[]
  /** The authenticator's model as a UUID, all zeros where it is not told. */
  readonly aaguid: string
  /** `multiDevice` where the passkey may be synced (backup eligible, WebAuthn §6.1.3). */
  readonly deviceType: 'singleDevice' | 'multiDevice'
  readonly backedUp: boolean
  /**
   * Whether it has ever verified its user by fingerprint, face or PIN (`uvInitialized`, WebAuthn Level 3 §4). `null` where that
   * was not noted when it was made, and it was not used since.
   */
  readonly userVerified: boolean | null
  /** Whether the authenticator was part of the device (WebAuthn Level 3 §5.4.5), `null` where the browser did not say. */
  readonly attachment: 'platform' | 'cross-platform' | null
  /** The attestation statement format that it came with (WebAuthn Level 3 §8), `null` without one. */
  readonly attestation: string | null
  /** When its model was proven by the FIDO Metadata Service, in milliseconds since the Unix epoch. */
  readonly attestedAt: number | null
  /** The `User-Agent` of the browser that it was made in. */
  readonly device: string | null
  /** When a signature counter last did not rise, in milliseconds since the Unix epoch. */
  readonly counterRegressedAt: number | null
  readonly name: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch; `null`: never. */
  readonly lastUsedAt: number | null
}
