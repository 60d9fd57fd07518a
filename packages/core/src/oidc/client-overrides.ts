import type Provider from 'oidc-provider'
import { type RedirectUriPolicy, redirectUriAllowed } from '../clients/redirect-uris.ts'
import { holdsSecret } from '../clients/secrets.ts'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import type { ClientExtras } from './client-metadata.ts'

type Override = (this: ClientExtras, value: string) => boolean

/**
 * The one place that replaces what the library decides about a client. None of these methods is part of its documented
 * interface, so each must exist, or the provider does not start.
 */
export function overrideClientChecks(provider: Provider, clock: Clock, policy: RedirectUriPolicy): void {
  const overrides: Readonly<Record<string, Override>> = {
    redirectUriAllowed(value) {
      return redirectUriAllowed(this.pocket_redirect_uris, value, policy)
    },
    postLogoutRedirectUriAllowed(value) {
      return redirectUriAllowed(this.pocket_post_logout_redirect_uris, value, policy)
    },
    compareClientSecret(value) {
      return holdsSecret({ secrets: this.pocket_secrets }, value, clock.now())
    },
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (typeof Reflect.get(provider.Client.prototype, name) !== 'function')
      throw new Misconfigured(`This version of oidc-provider has no Client.${name}: it cannot be used.`)
    Object.defineProperty(provider.Client.prototype, name, { value, configurable: true, writable: true })
  }
}
