import type { Application, ProtocolBehavior } from './application.ts'

const behavior: ProtocolBehavior = {
  endpoints: 'discovery',
  scope: 'openid profile email groups',
  state: { length: 24 },
  nonce: false,
  pkce: false,
  parameters: { claims: JSON.stringify({ id_token: { groups: { essential: true } } }) },
  authentication: 'detected',
  idToken: { check: 'signature', algorithms: 'advertised' },
  userInfo: 'never',
  needs: [
    { claim: 'email', is: 'text', from: 'ID token' },
    { claim: 'groups', is: 'list', from: 'ID token' },
  ],
  identifiedBy: 'email',
}

/** The web interface: no PKCE; requests `groups` as an essential claim. */
export const argoCd: Application = {
  id: 'argo-cd',
  name: 'Argo CD',
  entryPoints: [{ name: 'web', redirectUri: 'https://argocd.example.com/auth/callback' }],
  clientSettings: {
    name: 'Argo CD',
    redirectUris: ['https://argocd.example.com/auth/callback'],
    postLogoutRedirectUris: ['https://argocd.example.com/'],
  },
  behavior: {
    ...behavior,
    logout: { idTokenHint: true, clientId: false, postLogoutRedirectUri: 'https://argocd.example.com/' },
  },
  alternatives: [
    {
      name: 'with `enablePKCEAuthentication`',
      entryPoints: [{ name: 'web', redirectUri: 'https://argocd.example.com/pkce/verify' }],
      clientSettings: { redirectUris: ['https://argocd.example.com/pkce/verify'], isPublic: true },
      behavior: { pkce: true, authentication: 'none', pageOrigin: 'https://argocd.example.com' },
    },
  ],
}

/** The command line: a separate public client on a loopback port, which relies on its refresh token. */
export const argoCdCli: Application = {
  id: 'argo-cd-cli',
  name: 'Argo CD CLI',
  entryPoints: [
    { name: 'command line', redirectUri: 'http://localhost:8085/auth/callback' },
    { name: 'command line, another port', redirectUri: 'http://localhost:18085/auth/callback' },
  ],
  clientSettings: { name: 'Argo CD CLI', redirectUris: ['http://localhost:8085/auth/callback'], isPublic: true },
  behavior: {
    ...behavior,
    scope: 'openid profile email groups offline_access',
    pkce: true,
    refresh: { idToken: true },
  },
}
