import type { Application } from './application.ts'

/** The redirect URI is the origin of the page: no path and no slash. */
export const proxmoxVe: Application = {
  id: 'proxmox-ve',
  name: 'Proxmox VE',
  doors: [{ name: 'web', redirectUri: 'https://pve.example.com:8006' }],
  clientSettings: { name: 'Proxmox VE', redirectUris: ['https://pve.example.com:8006'], pkceRequired: true },
  habits: {
    endpoints: 'discovery',
    scope: 'openid email profile groups',
    state: { length: 43, end: ':pocket' },
    nonce: true,
    pkce: true,
    authentication: 'basic',
    idToken: { check: 'signature', algorithms: ['RS256'], soleAudience: true },
    userInfo: 'always',
    needs: [
      { claim: 'preferred_username', is: 'text', from: 'either' },
      { claim: 'groups', is: 'list', from: 'either' },
    ],
    identifiedBy: 'preferred_username',
  },
}
