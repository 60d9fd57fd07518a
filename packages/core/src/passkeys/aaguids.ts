import { providerNames } from './provider-names.ts'

/**
 * What the model of this AAGUID is called, where it is known. It is told, not proven, unless an attestation was checked.
 *
 * @example
 * ```ts
 * providerName(passkey.aaguid) ?? 'Passkey'
 * ```
 */
export function providerName(aaguid: string): string | undefined {
  return Object.hasOwn(providerNames, aaguid) ? providerNames[aaguid] : undefined
}

/** A model of authenticators that has a name, by its AAGUID (WebAuthn Level 3 §6.5.1). */
export interface AuthenticatorModel {
  readonly aaguid: string
  readonly name: string
}

/**
 * Every model that has a name here, in the order of the names.
 *
 * @example
 * ```ts
 * for (const { aaguid, name } of authenticatorModels()) options.push({ value: aaguid, text: name })
 * ```
 */
export function authenticatorModels(): readonly AuthenticatorModel[] {
  const models = Object.entries(providerNames).map(([aaguid, name]) => ({ aaguid, name }))
  return models.toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** A name to start with; the owner can change it. */
export function passkeyName(aaguid: string, transports: readonly string[]): string {
  // As long as an owner may make it.
  const known = providerName(aaguid)?.slice(0, 50).trim()
  if (known) return known
  return transports.includes('internal') || transports.includes('hybrid') ? 'Passkey' : 'Security key'
}
