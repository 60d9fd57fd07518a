import type { Application } from './application.ts'

/** The redirect URI is the origin of the page, without a path or slash. */
export const proxmoxVe: Application = {
  id: 'proxmox-ve',
  name: 'Proxmox VE',
  entryPoints: [
    { name: 'web', redirectUri: 'https://pve.example.com:8006' },
    { name: 'web, another node', redirectUri: 'https://pve2.example.com:8006' },
  ],
  clientSettings: {
    name: 'Proxmox VE',
    redirectUris: ['https://pve.example.com:8006', 'https://pve2.example.com:8006'],
    pkceRequired: true,
  },
  behavior: {
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
  alternatives: [
    {
      name: 'with `username-claim email` and without UserInfo',
      behavior: {
        userInfo: 'never',
        needs: [
          { claim: 'email', is: 'text', from: 'ID token' },
          { claim: 'groups', is: 'list', from: 'ID token' },
        ],
        identifiedBy: 'email',
      },
    },
  ],
}
