import type { Application } from './application.ts'

/** Requires a verified e-mail address, refresh tokens, and an ID token with itself as the only audience. */
export const vaultwarden: Application = {
  id: 'vaultwarden',
  name: 'Vaultwarden',
  entryPoints: [{ name: 'web', redirectUri: 'https://vault.example.com/identity/connect/oidc-signin' }],
  clientSettings: {
    name: 'Vaultwarden',
    redirectUris: ['https://vault.example.com/identity/connect/oidc-signin'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'discovery',
    scope: 'openid email profile offline_access',
    state: { length: 398, end: '==' },
    nonce: true,
    pkce: true,
    authentication: 'basic',
    idToken: { check: 'signature', algorithms: ['RS256'], soleAudience: true },
    userInfo: 'always',
    needs: [
      { claim: 'email', is: 'text', from: 'either' },
      { claim: 'email_verified', is: 'true', from: 'either' },
    ],
    identifiedBy: 'email',
    refresh: { idToken: false },
  },
  alternatives: [{ name: 'without PKCE', clientSettings: { pkceRequired: false }, behavior: { pkce: false } }],
}
