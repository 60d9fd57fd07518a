import type Provider from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import { Misconfigured } from '../errors.ts'

/**
 * The other half of the escape hatch: takes the configuration that core makes for oidc-provider, and answers with the one to
 * use. Asked whenever an instance is made: at the start, and after each rotation of keys. What core promises of sign-ins,
 * tokens and stores holds for its own configuration alone, and the versioning of this package does not cover what is changed.
 *
 * @example
 * ```ts
 * configuration: (ours) => ({ ...ours, discovery: { ...ours.discovery, service_documentation: 'https://docs.example.com' } })
 * ```
 */
export type AdjustConfiguration = (ours: Configuration) => Configuration

export type ProviderClass = new (issuer: string, configuration: Configuration) => Provider

export interface ProviderInstance {
  readonly issuer: string
  readonly configuration: Configuration
  readonly adjust: AdjustConfiguration | undefined
  readonly Provider: ProviderClass
}

/** An instance of what the host makes of our configuration. @throws {Misconfigured} which names `configuration` */
export function instanceOf({ issuer, configuration: ours, adjust, Provider }: ProviderInstance): Provider {
  if (!adjust) return new Provider(issuer, ours)
  try {
    const adjusted: unknown = adjust(ours)
    if (typeof adjusted !== 'object' || adjusted === null) throw new TypeError('It answered with no object.')
    return new Provider(issuer, adjusted)
  } catch (cause) {
    const message = `The option configuration cannot be used. ${cause instanceof Error ? cause.message : ''}`
    throw new Misconfigured(message, {
      cause,
      details: { option: 'configuration' },
      fields: [{ field: 'configuration', code: 'failed', message }],
    })
  }
}
