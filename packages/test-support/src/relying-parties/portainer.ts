import type { Application } from './application.ts'

/** Endpoints are entered manually; the ID token is not validated, and UserInfo takes precedence. */
export const portainer: Application = {
  id: 'portainer',
  name: 'Portainer',
  entryPoints: [
    { name: 'web', redirectUri: 'https://portainer.example.com:9443' },
    { name: 'web, without single sign-on', redirectUri: 'https://portainer.example.com:9443', forcesLogin: true },
  ],
  clientSettings: { name: 'Portainer', redirectUris: ['https://portainer.example.com:9443/'] },
  behavior: {
    endpoints: 'typed',
    scope: 'openid profile email groups',
    state: { length: 36 },
    nonce: false,
    pkce: false,
    authentication: 'detected',
    idToken: { check: 'read' },
    userInfo: 'always',
    needs: [{ claim: 'preferred_username', is: 'text', from: 'UserInfo' }],
    identifiedBy: 'preferred_username',
    logout: { idTokenHint: false, clientId: false, postLogoutRedirectUri: null },
  },
  alternatives: [
    {
      name: 'with a slash that is not registered',
      entryPoints: [{ name: 'web', redirectUri: 'https://portainer.example.com:9443/' }],
      clientSettings: { redirectUris: ['https://portainer.example.com:9443'] },
    },
  ],
}
