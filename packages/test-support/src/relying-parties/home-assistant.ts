import type { Application } from './application.ts'

/** The integration `auth_oidc`: a public client that validates the ID token completely. */
export const homeAssistant: Application = {
  id: 'home-assistant',
  name: 'Home Assistant',
  entryPoints: [{ name: 'web', redirectUri: 'https://home.example.com/auth/oidc/callback' }],
  clientSettings: {
    name: 'Home Assistant',
    redirectUris: ['https://home.example.com/auth/oidc/callback'],
    isPublic: true,
  },
  behavior: {
    endpoints: 'well-known',
    scope: 'openid profile groups',
    state: { length: 22 },
    nonce: true,
    pkce: true,
    authentication: 'none',
    idToken: { check: 'signature', algorithms: ['RS256'], accessTokenHash: true },
    userInfo: 'never',
    needs: [
      { claim: 'name', is: 'text', from: 'ID token' },
      { claim: 'preferred_username', is: 'text', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'ID token' },
    ],
    identifiedBy: 'preferred_username',
  },
  alternatives: [{ name: 'with a secret', clientSettings: { isPublic: false }, behavior: { authentication: 'post' } }],
}
