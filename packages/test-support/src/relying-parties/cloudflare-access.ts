import type { Application } from './application.ts'

/** The generic OIDC provider: a `state` longer than a thousand characters, and claims only from the ID token. */
export const cloudflareAccess: Application = {
  id: 'cloudflare-access',
  name: 'Cloudflare Access',
  entryPoints: [{ name: 'web', redirectUri: 'https://team.cloudflareaccess.com/cdn-cgi/access/callback' }],
  clientSettings: {
    name: 'Cloudflare Access',
    redirectUris: ['https://team.cloudflareaccess.com/cdn-cgi/access/callback'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'typed',
    scope: 'openid email profile groups',
    state: { length: 1200 },
    nonce: false,
    pkce: true,
    authentication: 'basic',
    idToken: { check: 'signature', algorithms: ['RS256', 'ES256'] },
    userInfo: 'never',
    needs: [
      { claim: 'email', is: 'text', from: 'ID token' },
      { claim: 'name', is: 'text', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'ID token' },
    ],
    identifiedBy: 'email',
  },
  alternatives: [{ name: 'without PKCE', clientSettings: { pkceRequired: false }, behavior: { pkce: false } }],
}
