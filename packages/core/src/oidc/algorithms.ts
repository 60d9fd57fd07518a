import type { Configuration } from 'oidc-provider'
import {
  type ClientProtocol,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from '../clients/protocol.ts'

/** Algorithms accepted for signatures of other parties; includes the newer name of EdDSA (RFC 9864 §2.2). */
const acceptedAlgorithms = [...signingAlgorithms, 'Ed25519'] as const

/**
 * The enabled algorithms. Symmetric algorithms keyed by a client secret are disabled, except for assertions of clients that use
 * `client_secret_jwt`. DPoP clients are recent enough not to need RS256.
 */
export const enabledAlgorithms: NonNullable<Configuration['enabledJWA']> = {
  idTokenSigningAlgValues: [...signingAlgorithms],
  idTokenEncryptionAlgValues: [...keyManagementAlgorithms],
  idTokenEncryptionEncValues: [...contentEncryptionAlgorithms],
  userinfoSigningAlgValues: [...signingAlgorithms],
  userinfoEncryptionAlgValues: [...keyManagementAlgorithms],
  userinfoEncryptionEncValues: [...contentEncryptionAlgorithms],
  introspectionSigningAlgValues: [...signingAlgorithms],
  introspectionEncryptionAlgValues: [],
  introspectionEncryptionEncValues: [],
  authorizationSigningAlgValues: [...signingAlgorithms],
  authorizationEncryptionAlgValues: [...keyManagementAlgorithms],
  authorizationEncryptionEncValues: [...contentEncryptionAlgorithms],
  requestObjectSigningAlgValues: [...acceptedAlgorithms],
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
  clientAuthSigningAlgValues: [...acceptedAlgorithms, 'HS256'],
  dPoPSigningAlgValues: acceptedAlgorithms.filter((algorithm) => algorithm !== 'RS256'),
}

/** The algorithm to use for a client that requests this one. */
export function signingAlgorithmFor({ fapi }: ClientProtocol, requested: SigningAlgorithm): SigningAlgorithm {
  return fapi && requested === 'RS256' ? 'PS256' : requested
}
