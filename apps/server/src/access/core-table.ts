import { type AccessRow, type Route, row } from './access-row.ts'

/**
 * Access rules of the routes that core serves. Core enforces them; a test compares these rows with the interaction routes
 * and with the endpoints in the discovery document.
 */
const rows = {
  // Interactions
  'GET /interaction/:uid': row('interaction'),
  'GET /interaction/:uid/ceremony': row('interaction'),
  'POST /interaction/:uid/login': row('interaction'),
  'POST /interaction/:uid/account': row('interaction'),
  'POST /interaction/:uid/switch': row('interaction'),
  'POST /interaction/:uid/sign-out': row('interaction'),
  'POST /interaction/:uid/consent': row('interaction'),
  'POST /interaction/:uid/cancel': row('interaction'),
  'GET /interaction/:uid/code': row('interaction'),
  'POST /interaction/:uid/code': row('interaction'),
  'POST /interaction/:uid/mail': row('interaction'),
  'GET /interaction/:uid/sign-up': row('interaction'),
  'POST /interaction/:uid/sign-up/options': row('interaction'),
  'POST /interaction/:uid/sign-up/answer': row('interaction'),

  // OAuth 2.0 and OpenID Connect
  'GET /authorize': row('anyone'),
  'POST /authorize': row('anyone'),
  'GET /authorize/:uid': row('interaction'),
  'POST /api/oidc/token': row('client'),
  'POST /api/oidc/par': row('client'),
  'POST /api/oidc/device/authorize': row('client'),
  'POST /api/oidc/introspect': row('client'),
  'POST /api/oidc/revoke': row('client'),
  'GET /api/oidc/userinfo': row('token'),
  'POST /api/oidc/userinfo': row('token'),
  'POST /api/oidc/register': row('token'),
  'GET /api/oidc/register/:clientId': row('token'),
  'PUT /api/oidc/register/:clientId': row('token'),
  'DELETE /api/oidc/register/:clientId': row('token'),
  'GET /api/oidc/end-session': row('anyone'),
  'POST /api/oidc/end-session': row('anyone'),
  'POST /api/oidc/end-session/confirm': row('anyone'),
  'GET /api/oidc/end-session/success': row('anyone'),

  // Forward authentication: proxies, and browsers at the hosts of protected sites
  'GET /api/authz/auth-request': row('proxy'),
  'GET /api/authz/forward-auth': row('proxy'),
  'GET /api/authz/ext-authz': row('proxy'),
  'GET /.pocket/start': row('proxy'),
  'GET /.pocket/callback': row('proxy'),
  'GET /.pocket/sign-out': row('proxy'),

  // Documents
  'GET /.well-known/jwks.json': row('anyone'),
  'GET /.well-known/openid-configuration': row('anyone'),
  'GET /.well-known/oauth-authorization-server': row('anyone'),
  'GET /.well-known/webauthn': row('anyone'),
  'GET /.well-known/webfinger': row('anyone'),
} as const satisfies Readonly<Record<Route, AccessRow>>

export const coreTable: ReadonlyMap<string, AccessRow> = new Map(Object.entries<AccessRow>(rows))
