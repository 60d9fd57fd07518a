import type { Application } from './application.ts'

/** Based on openid-client; its apps use a redirect URI on the server or a custom scheme. */
export const audiobookshelf: Application = {
  id: 'audiobookshelf',
  name: 'Audiobookshelf',
  entryPoints: [
    { name: 'web', redirectUri: 'https://books.example.com/auth/openid/callback' },
    { name: 'mobile app', redirectUri: 'https://books.example.com/auth/openid/mobile-redirect' },
    { name: 'mobile app, by a scheme of its own', redirectUri: 'audiobookshelf://oauth' },
  ],
  clientSettings: {
    name: 'Audiobookshelf',
    redirectUris: [
      'https://books.example.com/auth/openid/callback',
      'https://books.example.com/auth/openid/mobile-redirect',
      'audiobookshelf://oauth',
    ],
    postLogoutRedirectUris: ['https://books.example.com/audiobookshelf/login', 'audiobookshelf://oauth'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'typed',
    scope: 'openid profile email groups',
    state: { length: 43 },
    nonce: false,
    pkce: true,
    authentication: 'basic',
    idToken: { check: 'signature', algorithms: ['RS256'] },
    userInfo: 'always',
    needs: [
      { claim: 'sub', is: 'text', from: 'UserInfo' },
      { claim: 'preferred_username', is: 'text', from: 'UserInfo' },
      { claim: 'groups', is: 'list', from: 'UserInfo' },
    ],
    identifiedBy: 'preferred_username',
    // By default the server mounts itself at this path too, and its sign-out names it.
    logout: {
      idTokenHint: true,
      clientId: false,
      postLogoutRedirectUri: 'https://books.example.com/audiobookshelf/login',
    },
  },
  alternatives: [
    {
      name: 'in its app',
      entryPoints: [{ name: 'mobile app', redirectUri: 'https://books.example.com/auth/openid/mobile-redirect' }],
      behavior: { logout: { idTokenHint: true, clientId: false, postLogoutRedirectUri: 'audiobookshelf://oauth' } },
    },
  ],
}
