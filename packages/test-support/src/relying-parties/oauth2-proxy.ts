import type { Application } from './application.ts'

/** Sends Google's old `approval_prompt`, rejects unverified e-mail addresses, and renews its session by refreshing. */
export const oauth2Proxy: Application = {
  id: 'oauth2-proxy',
  name: 'oauth2-proxy',
  entryPoints: [{ name: 'web', redirectUri: 'https://app.example.com/oauth2/callback' }],
  clientSettings: {
    name: 'oauth2-proxy',
    redirectUris: ['https://app.example.com/oauth2/callback'],
    postLogoutRedirectUris: ['https://app.example.com/'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'discovery',
    scope: 'openid email profile groups offline_access',
    state: { length: 43, end: ':/reports?year=2026&city=Köln' },
    nonce: true,
    pkce: true,
    parameters: { approval_prompt: 'force' },
    authentication: 'detected',
    idToken: { check: 'signature', algorithms: 'advertised' },
    userInfo: 'if needed',
    needs: [
      { claim: 'email', is: 'text', from: 'either' },
      { claim: 'email_verified', is: 'true', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'ID token' },
    ],
    identifiedBy: 'email',
    refresh: { idToken: true },
    logout: { idTokenHint: true, clientId: false, postLogoutRedirectUri: 'https://app.example.com/' },
  },
  alternatives: [{ name: 'without PKCE', clientSettings: { pkceRequired: false }, behavior: { pkce: false } }],
}
