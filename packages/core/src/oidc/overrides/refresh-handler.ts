import Provider, { type Configuration, type TokenEndpointGrantContext, type UnknownObject } from 'oidc-provider'
import type { ProviderClass } from '../adjusted-configuration.ts'
import type { GrantHandler, RefreshAnswers } from '../refresh-answers.ts'
import { missingMember } from './members.ts'

type Names = string | readonly string[] | ReadonlySet<string>

/** Creates a Provider class that wraps the refresh handler when the library registers it, because it is inaccessible later. */
export function providerAnswering({ wrap }: Pick<RefreshAnswers, 'wrap'>): ProviderClass {
  let isCalled = false
  return class extends Provider {
    constructor(issuer: string, configuration: Configuration) {
      super(issuer, configuration)
      if (!isCalled) throw missingMember('Provider.prototype.registerGrantType')
    }

    override registerGrantType<Params extends object = UnknownObject>(
      name: string,
      handler: GrantHandler<TokenEndpointGrantContext<Params>>,
      params?: Names,
      duplicates?: Names,
    ): void {
      if (name === 'refresh_token') isCalled = true
      super.registerGrantType(name, name === 'refresh_token' ? wrap(handler) : handler, params, duplicates)
    }
  }
}
