import type { Application } from './application.ts'

/** The plugin SSO: the redirect URI contains the provider's name, case-sensitively. */
export const jellyfin: Application = {
  id: 'jellyfin',
  name: 'Jellyfin SSO',
  entryPoints: [{ name: 'web', redirectUri: 'https://films.example.com/sso/OID/redirect/Pocket' }],
  clientSettings: { name: 'Jellyfin', redirectUris: ['https://films.example.com/sso/OID/redirect/Pocket'] },
  behavior: {
    endpoints: 'discovery',
    scope: 'openid profile groups',
    state: { length: 32 },
    nonce: true,
    pkce: true,
    authentication: 'post',
    idToken: { check: 'signature', algorithms: 'advertised' },
    userInfo: 'always',
    needs: [
      { claim: 'preferred_username', is: 'text', from: 'either' },
      { claim: 'groups', is: 'list', from: 'either' },
    ],
    identifiedBy: 'preferred_username',
  },
}
