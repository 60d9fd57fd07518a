import { type AuthenticatorStatus, MetadataService } from '@simplewebauthn/server'
import { decodeAttestationObject, verifyMDSBlob } from '@simplewebauthn/server/helpers'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'

/** Where the blob of the FIDO Metadata Service comes from: a signed JWT (FIDO MDS §3.1.7). */
export type ReadMetadata = () => Promise<string>

/** What this process has read of the FIDO Metadata Service. */
export interface MetadataState {
  /** The number of the blob, which rises with every new one; `null` where none was read. */
  readonly serial: number | null
  /** Milliseconds since the Unix epoch. */
  readonly readAt: number | null
  readonly models: number
}

/** Which models of authenticators the FIDO Alliance vouches for (FIDO Metadata Service §3.1.7). */
export interface AuthenticatorMetadata {
  /**
   * Has the library know every model; reads the blob again where it is a day old.
   *
   * @throws {Misconfigured} `misconfigured` where there is none, or none that its signature speaks for
   */
  ensure(): Promise<void>
  /** Reads the blob again. @throws as `ensure` */
  refresh(): Promise<void>
  state(): MetadataState
  /** Whether a model of this AAGUID is listed, in whatever standing. */
  knows(aaguid: string): boolean
  /** Whether a verified attestation object proves that it comes from a model of good standing. */
  isTrusted(aaguid: string, attestationObject: Uint8Array): boolean
}

const day = 86_400_000
/** What makes a model worthless (FIDO MDS §3.1.4). */
const compromised: ReadonlySet<AuthenticatorStatus> = new Set([
  'REVOKED',
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
])

export function createAuthenticatorMetadata(read: ReadMetadata | undefined, clock: Clock): AuthenticatorMetadata {
  let known = { serial: -1, readAt: Number.NEGATIVE_INFINITY, models: new Map<string, boolean>() }

  const load = async () => {
    if (read === undefined)
      throw new Misconfigured('There is no metadata of authenticators to check attestations with.')
    const { payload, statements } = await verifyMDSBlob((await read()).trim())
    if (payload.no < known.serial)
      throw new Misconfigured(`The metadata of authenticators is older (${payload.no}) than before (${known.serial}).`)
    const models = payload.entries.flatMap(({ aaguid, statusReports }) =>
      aaguid === undefined ? [] : [[aaguid, !statusReports.some(({ status }) => compromised.has(status))] as const],
    )
    await MetadataService.initialize({ mdsServers: [], statements, verificationMode: 'permissive' })
    known = { serial: payload.no, readAt: clock.now(), models: new Map(models) }
  }
  const refresh = () =>
    load().catch((cause: unknown) => {
      if (cause instanceof Misconfigured) throw cause
      throw new Misconfigured('The metadata of authenticators cannot be read or verified.', { cause })
    })

  return {
    refresh,
    async ensure() {
      if (Math.abs(clock.now() - known.readAt) < day) return
      // An older one is better than none: models are added to it far more often than they fall into disgrace.
      await refresh().catch((error: unknown) => {
        if (known.serial < 0) throw error
      })
    },
    state: () => ({
      serial: known.serial < 0 ? null : known.serial,
      readAt: known.serial < 0 ? null : known.readAt,
      models: known.models.size,
    }),
    knows: (aaguid) => known.models.has(aaguid),
    isTrusted(aaguid, attestationObject) {
      const certificates = decodeAttestationObject(new Uint8Array(attestationObject)).get('attStmt').get('x5c')
      // Self attestation proves that there is a key, and nothing about who made it.
      return known.models.get(aaguid) === true && certificates !== undefined && certificates.length > 0
    },
  }
}
