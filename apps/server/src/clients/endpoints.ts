import type { Pocket } from '@pocket/core'
import type { ClientPage } from '../http/page-models.ts'

/** The addresses that a client configured by hand is given. */
export function clientEndpoints({ issuer }: Pick<Pocket, 'issuer'>): ClientPage['endpoints'] {
  return [
    { name: 'discovery', url: `${issuer}/.well-known/openid-configuration` },
    { name: 'issuer', url: issuer },
    { name: 'authorization', url: `${issuer}/authorize` },
    { name: 'token', url: `${issuer}/api/oidc/token` },
    { name: 'userinfo', url: `${issuer}/api/oidc/userinfo` },
    { name: 'jwks', url: `${issuer}/.well-known/jwks.json` },
    { name: 'end_session', url: `${issuer}/api/oidc/end-session` },
    { name: 'introspection', url: `${issuer}/api/oidc/introspect` },
    { name: 'revocation', url: `${issuer}/api/oidc/revoke` },
  ]
}
