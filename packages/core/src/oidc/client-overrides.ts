import Provider from 'oidc-provider'
import { type RedirectUriPolicy, redirectUriAllowed } from '../clients/redirect-uris.ts'
import type { SecretUses } from '../clients/secret-uses.ts'
import { findSecret } from '../clients/secrets.ts'
import type { Clock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import { rawBasicSecret } from './client-authentication/basic.ts'
import { isProof } from './client-authentication/proofs.ts'
import type { ClientExtras } from './client-metadata.ts'

type Override = (this: ClientExtras & { readonly clientId: string }, value: string) => boolean

export interface ClientOverridePorts {
  readonly clock: Clock
  readonly secretUses: Pick<SecretUses, 'note'>
  readonly redirectUriPolicy: RedirectUriPolicy
}

/**
 * Replaces the library's checks of clients; no other file does. These methods are undocumented, so startup fails if one is
 * missing.
 */
export function overrideClientChecks(provider: Provider, ports: ClientOverridePorts): void {
  const { clock, secretUses, redirectUriPolicy: policy } = ports
  const overrides: Readonly<Record<string, Override>> = {
    redirectUriAllowed(value) {
      // FAPI 2.0 Security Profile §5.3.2.2.
      const allowInsecure = policy.allowInsecure && !this.pocket_protocol.fapi
      return redirectUriAllowed(this.pocket_redirect_uris, value, { ...policy, allowInsecure })
    },
    postLogoutRedirectUriAllowed(value) {
      return redirectUriAllowed(this.pocket_post_logout_redirect_uris, value, policy)
    },
    grantTypeAllowed(value) {
      return this.pocket_grant_types.includes(value)
    },
    compareClientSecret(value) {
      const req = Provider.ctx?.req
      if (isProof(req, value)) return true
      const candidates = [value, rawBasicSecret(req?.headers.authorization)].filter((each) => each !== undefined)
      for (const each of candidates) {
        const secret = findSecret({ secrets: this.pocket_secrets }, each, clock.now())
        if (!secret) continue
        secretUses.note(this.clientId, secret.id)
        return true
      }
      return false
    },
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (typeof Reflect.get(provider.Client.prototype, name) !== 'function')
      throw new ConfigurationError(`This version of oidc-provider has no Client.${name}: it cannot be used.`)
    Object.defineProperty(provider.Client.prototype, name, { value, configurable: true, writable: true })
  }
}
