import { providerNames } from './generated/provider-names.ts'

/**
 * The name of the authenticator model with this AAGUID, if known. The AAGUID is unverified unless an attestation was checked.
 */
export function providerName(aaguid: string): string | undefined {
  return Object.hasOwn(providerNames, aaguid) ? providerNames[aaguid] : undefined
}

/** A named authenticator model, by AAGUID (WebAuthn Level 3 §6.5.1). */
export interface AuthenticatorModel {
  readonly aaguid: string
  readonly name: string
}

/** All named authenticator models, sorted by name. */
export function authenticatorModels(): readonly AuthenticatorModel[] {
  const models = Object.entries(providerNames).map(([aaguid, name]) => ({ aaguid, name }))
  return models.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** The initial name of a passkey; the owner can change it. */
export function passkeyName(aaguid: string, transports: readonly string[]): string {
  // The maximum length for passkey names.
  const modelName = providerName(aaguid)?.slice(0, 50).trim()
  if (modelName) return modelName
  return transports.includes('internal') || transports.includes('hybrid') ? 'Passkey' : 'Security key'
}
