import type { Application } from './application.ts'

/** The app `user_oidc`: requests each claim by name, and sends the client ID and secret unencoded in the header. */
export const nextcloud: Application = {
  id: 'nextcloud',
  name: 'Nextcloud',
  entryPoints: [{ name: 'web', redirectUri: 'https://cloud.example.com/apps/user_oidc/code' }],
  clientSettings: {
    name: 'Nextcloud',
    redirectUris: ['https://cloud.example.com/apps/user_oidc/code'],
    postLogoutRedirectUris: ['https://cloud.example.com/'],
    protocol: { backchannelLogoutUri: 'https://cloud.example.com/apps/user_oidc/backchannel-logout/pocket' },
  },
  behavior: {
    endpoints: 'well-known',
    scope: 'openid email profile groups',
    state: { length: 32 },
    nonce: true,
    pkce: true,
    parameters: {
      claims: JSON.stringify({
        id_token: { email: null, name: null, quota: null, groups: null },
        userinfo: { email: null, name: null, quota: null, groups: null },
      }),
    },
    authentication: 'raw-basic',
    idToken: { check: 'signature', algorithms: ['RS256'] },
    userInfo: 'never',
    needs: [
      { claim: 'preferred_username', is: 'text', from: 'ID token' },
      { claim: 'name', is: 'text', from: 'ID token' },
      { claim: 'email', is: 'text', from: 'ID token' },
      { claim: 'groups', is: 'list', from: 'ID token' },
    ],
    identifiedBy: 'preferred_username',
    logout: { idTokenHint: false, clientId: true, postLogoutRedirectUri: 'https://cloud.example.com/' },
    backChannelLogoutPath: '/apps/user_oidc/backchannel-logout/pocket',
  },
}
