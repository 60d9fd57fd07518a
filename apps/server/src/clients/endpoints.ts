import type { Pocket } from '@pocket/core'
import type { ClientPage } from './page-model.ts'

const endpointNames = [
  'authorization',
  'token',
  'userinfo',
  'jwks',
  'end_session',
  'introspection',
  'revocation',
  'pushed_authorization_request',
] as const

/** URLs for configuring a client manually, most commonly needed first. */
export function clientEndpoints({ issuer, endpoints }: Pick<Pocket, 'issuer' | 'endpoints'>): ClientPage['endpoints'] {
  return [
    { name: 'discovery', url: `${issuer}/.well-known/openid-configuration` },
    { name: 'issuer', url: issuer },
    ...endpointNames.map((name) => ({ name, url: endpoints[name] })),
  ]
}
