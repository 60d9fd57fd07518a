import { type AuthenticatorStatus, MetadataService } from '@simplewebauthn/server'
import { decodeAttestationObject, verifyMDSBlob } from '@simplewebauthn/server/helpers'
import type { Clock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'

/** Reads the blob of the FIDO Metadata Service, a signed JWT (FIDO MDS §3.1.7). */
export type ReadMetadata = () => Promise<string>

/** The state of the FIDO Metadata Service blob in this process. */
export interface MetadataState {
  /** The serial number of the blob, which increases with each release; `null` if none was loaded. */
  readonly serial: number | null
  /** Milliseconds since the Unix epoch. */
  readonly readAt: number | null
  readonly models: number
}

/** The authenticator models certified by the FIDO Alliance (FIDO Metadata Service §3.1.7). */
export interface AuthenticatorMetadata {
  /**
   * Loads the metadata into the library; reloads the blob if it is a day old.
   *
   * @throws {ConfigurationError} `misconfigured` if there is no blob with a valid signature
   */
  ensureLoaded(): Promise<void>
  /** Reloads the blob. @throws the same errors as `ensure` */
  refresh(): Promise<void>
  state(): MetadataState
  /** Whether a model with this AAGUID is listed, regardless of its status. */
  isListed(aaguid: string): boolean
  /** Whether a verified attestation object proves a model in good standing. */
  isTrusted(aaguid: string, attestationObject: Uint8Array): boolean
}

const day = 86_400_000
/** Statuses that make a model untrusted (FIDO MDS §3.1.4). */
const compromised: ReadonlySet<AuthenticatorStatus> = new Set([
  'REVOKED',
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
])

export function createAuthenticatorMetadata(
  readMetadata: ReadMetadata | undefined,
  clock: Clock,
): AuthenticatorMetadata {
  let cached = { serial: -1, readAt: Number.NEGATIVE_INFINITY, models: new Map<string, boolean>() }

  const load = async () => {
    if (readMetadata === undefined)
      throw new ConfigurationError('No authenticator metadata is configured to verify attestations.')
    const { payload, statements } = await verifyMDSBlob((await readMetadata()).trim())
    if (payload.no < cached.serial)
      throw new ConfigurationError(
        `The authenticator metadata is older (${payload.no}) than before (${cached.serial}).`,
      )
    const models = payload.entries.flatMap(({ aaguid, statusReports }) =>
      aaguid === undefined ? [] : [[aaguid, !statusReports.some(({ status }) => compromised.has(status))] as const],
    )
    await MetadataService.initialize({ mdsServers: [], statements, verificationMode: 'permissive' })
    cached = { serial: payload.no, readAt: clock.now(), models: new Map(models) }
  }
  const refresh = () =>
    load().catch((cause: unknown) => {
      if (cause instanceof ConfigurationError) throw cause
      throw new ConfigurationError('The authenticator metadata cannot be read or verified.', { cause })
    })

  return {
    refresh,
    async ensureLoaded() {
      if (Math.abs(clock.now() - cached.readAt) < day) return
      // Keep the old blob on failure: new models appear far more often than known ones are compromised.
      await refresh().catch((error: unknown) => {
        if (cached.serial < 0) throw error
      })
    },
    state: () => ({
      serial: cached.serial < 0 ? null : cached.serial,
      readAt: cached.serial < 0 ? null : cached.readAt,
      models: cached.models.size,
    }),
    isListed: (aaguid) => cached.models.has(aaguid),
    isTrusted(aaguid, attestationObject) {
      const certificates = decodeAttestationObject(new Uint8Array(attestationObject)).get('attStmt').get('x5c')
      // Self attestation proves possession of the key, but not the model.
      return cached.models.get(aaguid) === true && certificates !== undefined && certificates.length > 0
    },
  }
}
