import type { Application } from './application.ts'

/**
 * Based on openid-client: no `nonce`, and UserInfo only if the ID token has no e-mail address. One client has web redirect
 * URIs, including plain http on the home network, and the custom scheme of the app.
 */
export const immich: Application = {
  id: 'immich',
  name: 'Immich',
  entryPoints: [
    { name: 'web', redirectUri: 'https://photos.example.com/auth/login' },
    { name: 'account settings', redirectUri: 'https://photos.example.com/user-settings' },
    { name: 'web, in the home network', redirectUri: 'http://192.168.1.20:2283/auth/login' },
    { name: 'mobile app', redirectUri: 'app.immich:///oauth-callback' },
    {
      name: 'mobile app, by an address of its server',
      redirectUri: 'https://photos.example.com/api/oauth/mobile-redirect',
    },
  ],
  clientSettings: {
    name: 'Immich',
    redirectUris: [
      'https://photos.example.com/auth/login',
      'https://photos.example.com/user-settings',
      'http://192.168.1.20:2283/auth/login',
      'https://photos.example.com/api/oauth/mobile-redirect',
      'app.immich:///oauth-callback',
    ],
  },
  behavior: {
    endpoints: 'well-known',
    scope: 'openid email profile',
    state: { length: 43 },
    nonce: false,
    pkce: true,
    authentication: 'post',
    idToken: { check: 'signature', algorithms: ['RS256'] },
    userInfo: 'if needed',
    needs: [
      { claim: 'sub', is: 'text', from: 'either' },
      { claim: 'email', is: 'text', from: 'either' },
      { claim: 'name', is: 'text', from: 'either' },
    ],
    identifiedBy: 'email',
    logout: { idTokenHint: false, clientId: false, postLogoutRedirectUri: null },
  },
  alternatives: [{ name: 'with the secret in the header', behavior: { authentication: 'basic' } }],
}
