import type { Application } from './application.ts'

/** Endpoints are entered manually; no PKCE, no `nonce`, no ID token; its sessions last as long as its refresh tokens work. */
export const outline: Application = {
  id: 'outline',
  name: 'Outline',
  entryPoints: [{ name: 'web', redirectUri: 'https://wiki.example.com/auth/oidc.callback' }],
  clientSettings: { name: 'Outline', redirectUris: ['https://wiki.example.com/auth/oidc.callback'] },
  behavior: {
    endpoints: 'typed',
    scope: 'openid profile email offline_access',
    state: { length: 16 },
    nonce: false,
    pkce: false,
    authentication: 'post',
    idToken: { check: 'none' },
    userInfo: 'always',
    needs: [
      { claim: 'sub', is: 'text', from: 'UserInfo' },
      { claim: 'email', is: 'text', from: 'UserInfo' },
      { claim: 'name', is: 'text', from: 'UserInfo' },
    ],
    identifiedBy: 'email',
    refresh: { idToken: false },
    logout: { idTokenHint: false, clientId: false, postLogoutRedirectUri: null },
  },
  alternatives: [{ name: 'with discovery', behavior: { endpoints: 'discovery', pkce: true } }],
}
