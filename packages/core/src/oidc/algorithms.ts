import type { Configuration } from 'oidc-provider'
import {
  type ClientProtocol,
  contentEncryptionAlgorithms,
  keyManagementAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from '../clients/protocol.ts'

/** FAPI 2.0 Security Profile §5.4.1: no PKCS #1 v1.5. */
const strictAlgorithms = signingAlgorithms.filter((algorithm) => algorithm !== 'RS256')

/**
 * Everything that is signed or encrypted here, and never with an algorithm whose key is a client's secret, but for
 * the assertions of a client that asks for it (`client_secret_jwt`).
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
  requestObjectSigningAlgValues: [...signingAlgorithms],
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
  clientAuthSigningAlgValues: [...signingAlgorithms, 'HS256'],
  dPoPSigningAlgValues: [...strictAlgorithms],
}

/** The algorithm that a client gets, where it wants this one. */
export function signingAlgorithmFor({ fapi }: ClientProtocol, wanted: SigningAlgorithm): SigningAlgorithm {
  return fapi && wanted === 'RS256' ? 'PS256' : wanted
}
