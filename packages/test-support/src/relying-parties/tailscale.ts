import type { Application } from './application.ts'

/** Finds the issuer by the domain of an e-mail address, and accepts it only if it equals the configured one. */
export const tailscale: Application = {
  id: 'tailscale',
  name: 'Tailscale',
  entryPoints: [{ name: 'web', redirectUri: 'https://login.tailscale.com/a/oauth_response' }],
  clientSettings: { name: 'Tailscale', redirectUris: ['https://login.tailscale.com/a/oauth_response'] },
  behavior: {
    endpoints: 'WebFinger',
    scope: 'openid profile email',
    state: { length: 64 },
    nonce: true,
    pkce: false,
    authentication: 'basic',
    idToken: { check: 'signature', algorithms: ['RS256', 'ES256'] },
    userInfo: 'if needed',
    needs: [
      { claim: 'email', is: 'text', from: 'either' },
      { claim: 'name', is: 'text', from: 'either' },
    ],
    identifiedBy: 'email',
  },
}
