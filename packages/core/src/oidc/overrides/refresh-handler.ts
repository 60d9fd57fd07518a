import Provider, { type Configuration, type TokenEndpointGrantContext, type UnknownObject } from 'oidc-provider'
import type { ProviderClass } from '../adjusted-configuration.ts'
import type { GrantHandler, RefreshResponses } from '../refresh-responses.ts'
import { createMissingMemberError } from './members.ts'

type ParameterNames = string | readonly string[] | ReadonlySet<string>

/** Creates a Provider class that wraps grant type handlers when the library registers them, because they are inaccessible later. */
export function createProviderClass({ wrap }: Pick<RefreshResponses, 'wrap'>): ProviderClass {
  let isRegistered = false
  return class extends Provider {
    constructor(issuer: string, configuration: Configuration) {
      super(issuer, configuration)
      if (!isRegistered) throw createMissingMemberError('Provider.prototype.registerGrantType')
    }

    override registerGrantType<Params extends object = UnknownObject>(
      name: string,
      handler: GrantHandler<TokenEndpointGrantContext<Params>>,
      params?: ParameterNames,
      duplicates?: ParameterNames,
    ): void {
      if (name === 'refresh_token') isRegistered = true
      super.registerGrantType(name, wrap(handler), params, duplicates)
    }
  }
}
