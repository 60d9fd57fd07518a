import Provider from 'oidc-provider'
import { redirectUriAllowed } from '../../clients/redirect-uris.ts'
import { findSecret } from '../../clients/secrets.ts'
import { rawBasicSecret } from '../client-authentication/basic.ts'
import { isProof } from '../client-authentication/proofs.ts'
import type { ClientExtras } from '../client-metadata.ts'
import type { ProviderContext } from '../provider-context.ts'

type Client = ClientExtras & { readonly clientId: string }

/** The library compares redirect URIs exactly and a single secret in plain text; its clients have placeholders for both. */
export function clientOverrides({ clock, secretUses, isTrial, redirectUriPolicy: policy }: ProviderContext) {
  return {
    'Client.prototype.redirectUriAllowed'(this: Client, value: string) {
      // FAPI 2.0 Security Profile §5.3.2.2.
      const allowInsecure = policy.allowInsecure && !this.pocket_protocol.fapi
      return redirectUriAllowed(this.pocket_redirect_uris, value, { ...policy, allowInsecure })
    },
    'Client.prototype.postLogoutRedirectUriAllowed'(this: Client, value: string) {
      return redirectUriAllowed(this.pocket_post_logout_redirect_uris, value, policy)
    },
    'Client.prototype.grantTypeAllowed'(this: Client, value: string) {
      return this.pocket_grant_types.includes(value)
    },
    async 'Client.prototype.compareClientSecret'(this: Client, value: string) {
      const req = Provider.ctx?.req
      if (isProof(req, value)) return true
      const candidates = [value, rawBasicSecret(req?.headers.authorization)].filter(
        (candidate) => candidate !== undefined,
      )
      for (const candidate of candidates) {
        const secret = await findSecret({ secrets: this.pocket_secrets }, candidate, clock.now())
        if (!secret) continue
        if (!isTrial(req, this.clientId)) secretUses.recordUse(this.clientId, secret.id)
        if (secret.algorithm !== undefined) secretUses.rehash(this.clientId, secret.id, candidate)
        return true
      }
      return false
    },
  }
}

/** Accepts each URL of an endpoint as the audience of client assertions (RFC 7523 §3). */
export function assertionAudienceOverrides(provider: Provider, { issuer, internalOrigin }: ProviderContext) {
  const { prototype } = provider.OIDCContext
  const { clientJwtAuthExpectedAudience: expectedAudience } = prototype
  const origins = internalOrigin === undefined ? [] : [issuer.origin, internalOrigin]
  return {
    'OIDCContext.prototype.clientJwtAuthExpectedAudience'(this: typeof prototype): Set<string> {
      const audiences = expectedAudience.call(this)
      const paths = [...audiences].map((url) => new URL(url).pathname).filter((pathname) => pathname !== '/')
      return new Set([...audiences, ...paths.flatMap((path) => origins.map((origin) => origin + path))])
    },
  }
}
