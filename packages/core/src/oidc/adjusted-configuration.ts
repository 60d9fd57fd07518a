import type Provider from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'

/**
 * Escape hatch: receives the oidc-provider configuration that core builds and returns the one to use. Called for each new
 * provider instance: at startup and after each key rotation. The guarantees of core for sign-ins, tokens and stores apply only
 * to the unmodified configuration, and semantic versioning does not cover modifications.
 *
 * @example
 * ```ts
 * protocol: {
 *   configuration: (ours) => ({
 *     ...ours,
 *     discovery: { ...ours.discovery, service_documentation: 'https://docs.example.com' },
 *   }),
 * }
 * ```
 */
export type AdjustConfiguration = (defaultConfiguration: Configuration) => Configuration

export type ProviderClass = new (issuer: string, configuration: Configuration) => Provider

export interface ProviderInstance {
  readonly issuer: string
  readonly configuration: Configuration
  readonly adjust: AdjustConfiguration | undefined
  readonly Provider: ProviderClass
}

/** Creates a provider from the host-adjusted configuration. @throws {ConfigurationError} which names `configuration` */
export function createInstance({
  issuer,
  configuration: defaultConfiguration,
  adjust,
  Provider,
}: ProviderInstance): Provider {
  if (!adjust) return new Provider(issuer, defaultConfiguration)
  try {
    const adjusted: unknown = adjust(defaultConfiguration)
    if (typeof adjusted !== 'object' || adjusted === null) throw new TypeError('The result is not an object.')
    return new Provider(issuer, adjusted)
  } catch (cause) {
    const message = `The option protocol.configuration cannot be used. ${cause instanceof Error ? cause.message : ''}`
    throw new ConfigurationError(message, {
      cause,
      details: { option: 'protocol.configuration' },
      fields: [{ field: 'protocol.configuration', code: 'failed', message }],
    })
  }
}
