import type { Application, Need } from './application.ts'

const needs: readonly Need[] = [
  { claim: 'sub', is: 'text', from: 'ID token' },
  { claim: 'email', is: 'text', from: 'either' },
  { claim: 'preferred_username', is: 'account name', from: 'either' },
  { claim: 'groups', is: 'list', from: 'UserInfo' },
]

/** No PKCE and no `nonce`; the issuer of the ID token must match discovery exactly. */
export const gitea: Application = {
  id: 'gitea',
  name: 'Gitea',
  entryPoints: [{ name: 'web', redirectUri: 'https://git.example.com/user/oauth2/Pocket/callback' }],
  clientSettings: { name: 'Gitea', redirectUris: ['https://git.example.com/user/oauth2/Pocket/callback'] },
  behavior: {
    endpoints: 'well-known',
    scope: 'openid email profile groups',
    state: { length: 36 },
    nonce: false,
    pkce: false,
    authentication: 'detected',
    idToken: { check: 'claims' },
    userInfo: 'always',
    needs,
    identifiedBy: 'preferred_username',
  },
  alternatives: [
    { name: 'with SSH keys', behavior: { needs: [...needs, { claim: 'sshpubkey', is: 'list', from: 'UserInfo' }] } },
  ],
}

/** Like Gitea, with PKCE. */
export const forgejo: Application = {
  ...gitea,
  id: 'forgejo',
  name: 'Forgejo',
  clientSettings: { ...gitea.clientSettings, name: 'Forgejo', pkceRequired: true },
  behavior: { ...gitea.behavior, pkce: true },
}
