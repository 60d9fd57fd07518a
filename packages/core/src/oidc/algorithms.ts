import type { Configuration } from 'oidc-provider'
import {
  type ClientProtocol,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from '../clients/protocol.ts'

/** What others sign with: EdDSA under its newer name too (RFC 9864 §2.2). */
const acceptedAlgorithms = [...signingAlgorithms, 'Ed25519'] as const

/**
 * Everything that is signed or encrypted here, and never with an algorithm whose key is a client's secret, but for
 * the assertions of a client that asks for it (`client_secret_jwt`). Proofs of
 * possession are too new for RS256.
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

/** The algorithm that a client gets, where it wants this one. */
export function signingAlgorithmFor({ fapi }: ClientProtocol, wanted: SigningAlgorithm): SigningAlgorithm {
  return fapi && wanted === 'RS256' ? 'PS256' : wanted
}
