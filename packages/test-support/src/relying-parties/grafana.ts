import type { Application } from './application.ts'

/** Generic OAuth: endpoints are entered manually, Google's `access_type` is always sent, and the ID token is not validated. */
export const grafana: Application = {
  id: 'grafana',
  name: 'Grafana',
  entryPoints: [{ name: 'web', redirectUri: 'https://grafana.example.com/login/generic_oauth' }],
  clientSettings: {
    name: 'Grafana',
    redirectUris: ['https://grafana.example.com/login/generic_oauth'],
    postLogoutRedirectUris: ['https://grafana.example.com/login'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'typed',
    scope: 'openid email profile groups offline_access',
    state: { length: 43, end: '=' },
    nonce: false,
    pkce: true,
    parameters: { access_type: 'online' },
    authentication: 'detected',
    idToken: { check: 'read' },
    userInfo: 'always',
    needs: [
      { claim: 'email', is: 'text', from: 'ID token' },
      { claim: 'preferred_username', is: 'text', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'either' },
    ],
    identifiedBy: 'preferred_username',
    refresh: { idToken: false },
    logout: { idTokenHint: true, clientId: false, postLogoutRedirectUri: 'https://grafana.example.com/login' },
  },
  alternatives: [{ name: 'without PKCE', clientSettings: { pkceRequired: false }, behavior: { pkce: false } }],
}
