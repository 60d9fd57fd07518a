import type { Application } from './application.ts'

/**
 * Based on django-allauth: the redirect URI ends with a slash, and `client_secret_post` is preferred if both methods are
 * offered.
 */
export const paperlessNgx: Application = {
  id: 'paperless-ngx',
  name: 'Paperless-ngx',
  entryPoints: [{ name: 'web', redirectUri: 'https://paper.example.com/accounts/oidc/pocket/login/callback/' }],
  clientSettings: {
    name: 'Paperless-ngx',
    redirectUris: ['https://paper.example.com/accounts/oidc/pocket/login/callback/'],
    pkceRequired: true,
  },
  behavior: {
    endpoints: 'well-known',
    scope: 'openid profile email',
    state: { length: 16 },
    nonce: false,
    pkce: true,
    authentication: 'post',
    idToken: { check: 'claims' },
    userInfo: 'always',
    needs: [
      { claim: 'sub', is: 'text', from: 'UserInfo' },
      { claim: 'email', is: 'text', from: 'UserInfo' },
      { claim: 'preferred_username', is: 'text', from: 'UserInfo' },
    ],
    identifiedBy: 'sub',
  },
  alternatives: [
    { name: 'with the secret in the header', behavior: { authentication: 'basic' } },
    { name: 'without PKCE', clientSettings: { pkceRequired: false }, behavior: { pkce: false } },
  ],
}
