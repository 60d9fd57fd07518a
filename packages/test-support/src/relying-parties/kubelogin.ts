import type { Application } from './application.ts'

/** A public client on a loopback port, with a second port if the first is in use; the cluster receives only the ID token. */
export const kubelogin: Application = {
  id: 'kubelogin',
  name: 'kubelogin',
  entryPoints: [
    { name: 'command line', redirectUri: 'http://localhost:8000' },
    { name: 'command line, another port', redirectUri: 'http://localhost:18000' },
  ],
  clientSettings: { name: 'Kubernetes', redirectUris: ['http://localhost'], isPublic: true },
  behavior: {
    endpoints: 'discovery',
    scope: 'openid profile groups offline_access',
    state: { length: 43 },
    nonce: true,
    pkce: true,
    parameters: { access_type: 'offline' },
    authentication: 'detected',
    idToken: { check: 'signature', algorithms: ['RS256'] },
    userInfo: 'never',
    needs: [
      { claim: 'preferred_username', is: 'text', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'ID token' },
    ],
    identifiedBy: 'preferred_username',
    refresh: { idToken: true },
  },
  alternatives: [
    { name: 'without `offline_access`', behavior: { scope: 'openid profile groups' } },
    { name: 'with a secret', clientSettings: { isPublic: false }, behavior: { authentication: 'basic' } },
  ],
}
