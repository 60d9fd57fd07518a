import type { Application, Need } from './application.ts'

const needs: readonly Need[] = [
  { claim: 'email', is: 'text', from: 'either' },
  { claim: 'name', is: 'text', from: 'either' },
  { claim: 'preferred_username', is: 'text', from: 'either' },
]

/** No PKCE and no `nonce`; UserInfo only if the ID token lacks a claim. */
export const vikunja: Application = {
  id: 'vikunja',
  name: 'Vikunja',
  entryPoints: [{ name: 'web', redirectUri: 'https://tasks.example.com/auth/openid/pocket' }],
  clientSettings: { name: 'Vikunja', redirectUris: ['https://tasks.example.com/auth/openid/pocket'] },
  behavior: {
    endpoints: 'discovery',
    scope: 'openid profile email',
    state: { length: 24 },
    nonce: false,
    pkce: false,
    authentication: 'detected',
    idToken: { check: 'signature', algorithms: 'advertised' },
    userInfo: 'if needed',
    needs,
    identifiedBy: 'preferred_username',
    logout: { idTokenHint: false, clientId: false, postLogoutRedirectUri: null },
  },
  alternatives: [
    { name: 'with `forceuserinfo`', behavior: { userInfo: 'always' } },
    {
      name: 'with teams',
      behavior: {
        scope: 'openid profile email vikunja_scope',
        needs: [...needs, { claim: 'vikunja_groups', is: 'objects', from: 'either' }],
      },
    },
  ],
}
