import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { markdownTable } from './markdown-table.ts'

// Program: writes `docs/reference/pocket-id-compatibility.md` from the list of differences.

/** Why a response differs: the security of users, the OpenID Connect library, or a decision of this project. */
type Reason = 'security' | 'library' | 'decision'

export interface Difference {
  readonly pocketId: string
  readonly here: string
  readonly why: Reason
}

/**
 * Differences that tools for Pocket ID 2.14 can notice. `test/api/recorded/` replays steps that ran against Pocket ID,
 * and fails for a difference that is not in the list and for one that is not shown.
 */
export const differences = {
  pkce: {
    pocketId: 'Accepts `plain` code challenges.',
    here: 'Refused for new clients; clients that moved in keep it. The connection log names the setting.',
    why: 'security',
  },
  'opaque-tokens': {
    pocketId: 'Access tokens of logins and devices are JWTs.',
    here: 'Opaque for new clients, JWTs for migrated clients; configurable per client.',
    why: 'security',
  },
  'api-token-lifetime': {
    pocketId: 'A token for an API lives as long as the client says, by default an hour.',
    here: 'Ten minutes unless the client or the API has its own lifetime.',
    why: 'security',
  },
  'callback-urls': {
    pocketId: 'Accepts `*` alone and fragments as callback URLs.',
    here: 'Refuses them.',
    why: 'security',
  },
  'unsafe-requests': {
    pocketId: 'UserInfo accepts the access token in the query, and request objects may be unsigned.',
    here: 'In the header or the form only (RFC 9700 §4.3.2); signed ones only (OpenID Connect Core §6.1).',
    why: 'security',
  },
  http2: {
    pocketId: 'Serves HTTP/2 over TLS.',
    here: 'HTTP/1.1; a reverse proxy adds HTTP/2.',
    why: 'decision',
  },
  cors: {
    pocketId: 'Any origin may call the token and UserInfo endpoints.',
    here: 'The answer names the origin that asked.',
    why: 'library',
  },
  'pushed-requests': {
    pocketId: 'A pushed request lives for 90 seconds, and the first visit uses it up.',
    here: '60 seconds; the response uses it up, so that the page can be reloaded.',
    why: 'library',
  },
  'introspection-authentication': {
    pocketId: 'Accepts Basic and Bearer, but not the token itself.',
    here: 'Accepts every authentication of the client, and a token that introspects itself.',
    why: 'library',
  },
  'oauth-errors': {
    pocketId: 'Error codes of its OAuth library, such as `request_unauthorized`.',
    here: 'Error codes and challenges of the RFCs, such as `invalid_client` with `WWW-Authenticate`.',
    why: 'library',
  },
  'token-answers': {
    pocketId: '`token_type` is `bearer`; an empty `scope` is sent.',
    here: '`Bearer`; an empty `scope` is left out. An ID token has one audience as text, more claims, and no `typ` in its header.',
    why: 'library',
  },
  refresh: {
    pocketId: 'A second use of a refresh token ends all of its tokens, and `scope` is ignored.',
    here: 'Repeated within a minute, it gets the same answer; a smaller `scope` is honored.',
    why: 'decision',
  },
  redirects: {
    pocketId:
      'Redirects with 302, and a sign-out without an ID token to `/logout`; pages of a login are at `/interaction?interaction=`.',
    here: 'Redirects with 303; they are at `/interaction/ID`. A sign-out without an ID token continues to the registered URL: after a confirmation, or at once if nobody is signed in.',
    why: 'library',
  },
  'error-pages': {
    pocketId: 'Redirects to an error page if a request is not valid.',
    here: 'Answers with the error page, 400. Errors that the client may read are sent to it.',
    why: 'library',
  },
  'interaction-api': {
    pocketId: 'Its own pages use `/api/oidc/interactions`.',
    here: 'Not served: the pages are rendered on the server.',
    why: 'decision',
  },
  discovery: {
    pocketId: 'One key, and what it can do.',
    here: 'More keys, algorithms, authentication methods and endpoints.',
    why: 'library',
  },
  'passkey-needed': {
    pocketId: 'Every session may create API keys, login codes and sign-up tokens.',
    here: 'Only a session with a passkey (403 `passkey_required`), or one that bootstraps an operator. API keys may create codes and tokens.',
    why: 'security',
  },
  secrets: {
    pocketId: 'Shows stored SMTP, LDAP and SCIM secrets to every administrator.',
    here: 'Only to an API key with the permission to read secrets; others see a mask, which means unchanged. Only such a key can make administrators, create login codes for them, and change their e-mail addresses and the mail and LDAP settings.',
    why: 'security',
  },
  pictures: {
    pocketId: 'Serves every uploaded picture byte for byte.',
    here: 'Sanitizes SVG, and re-encodes profile pictures and files that its parser cannot read completely. Other types are 415. Defaults differ.',
    why: 'security',
  },
  'sign-up-tokens': {
    pocketId: 'Sign-up tokens work while sign-up is off, and the audit log shows them.',
    here: 'Only while it is on; a token for a group that does not exist is rejected. The audit log has their ID.',
    why: 'security',
  },
  disabled: {
    pocketId: 'A disabled person gets 403 `user_disabled` in a session.',
    here: 'Is signed out: 401 `not_signed_in`.',
    why: 'security',
  },
  'last-administrator': {
    pocketId: 'The last administrator can be removed.',
    here: 'Deleted only by API keys while `STATIC_API_KEY` is set; otherwise, or if demoted or disabled, 409 `last_administrator`.',
    why: 'decision',
  },
  'unique-values': {
    pocketId: 'E-mail addresses and group names that differ in case are different.',
    here: 'They are the same: 409 `already_in_use`. An ID that is taken is 409 too, not 500.',
    why: 'security',
  },
  'required-email': {
    pocketId: 'Every user needs an e-mail address unless `requireUserEmail` is off.',
    here: 'Only if a mail server is set too.',
    why: 'decision',
  },
  validation: {
    pocketId: 'Stores blank names, unknown languages and names such as `__proto__`.',
    here: 'Rejects them. All errors are reported at once.',
    why: 'security',
  },
  'absent-values': {
    pocketId: 'Rejects an empty body and an empty optional URL. A display name that is absent stays empty.',
    here: 'Treats them as absent. An absent display name is made of the other names.',
    why: 'decision',
  },
  webauthn: {
    pocketId: 'Challenges live for a minute, in a session of their own.',
    here: 'Ten minutes, sealed in a cookie; other algorithms and names of passkeys.',
    why: 'library',
  },
  pages: {
    pocketId: 'Every unknown path is its application, with 200.',
    here: '404; pages have other paths, such as `/login/setup` for `/setup`.',
    why: 'decision',
  },
  lists: {
    pocketId:
      'In a search `%` and `_` match any text; some filters, sort columns and `page` or `limit` without brackets are ignored.',
    here: 'They match themselves; filters, sort columns and parameters have effect, text sorts without regard to case, and equal values have a stable order. The user names of the audit log are at most 1,000, of the newest entries; `search` finds others.',
    why: 'decision',
  },
  'more-answers': {
    pocketId:
      'Has fewer fields, operations, audit events and error codes, and relations that are not loaded. Anyone can read the version.',
    here: 'Adds fields, events and codes (`scim_sync_failed`, `oidc_device_code_used`, `device_code_invalid`), keeps older paths, fills relations, queues e-mails (204), and has its own names of devices and sizes. The version requires authentication (401), and the user of `STATIC_API_KEY` cannot be changed (403, 404).',
    why: 'decision',
  },
} as const satisfies Readonly<Record<string, Difference>>

export type DifferenceId = keyof typeof differences

const page = new URL('../../../docs/reference/pocket-id-compatibility.md', import.meta.url)

const introduction = `# Compatibility with Pocket ID

<!-- Generated by apps/server/scripts/pocket-id-compatibility.ts; change it there. -->

Programs for Pocket ID 2.14 work here unchanged: paths, fields, status codes and error codes are the same. This list names the known
differences. Tests replay about 310 recorded steps and fail for a difference that is not in it; they
also send the requests of Terraform, Ansible, Pulumi,
the Kubernetes operator, MCP servers, the exporter and the dashboard. How they are set up:
[Tools for Pocket ID](../guides/tools-for-pocket-id.md).

`

/** The reference page, in Markdown. */
export function compatibilityReference(): string {
  const rows = Object.values(differences).map(({ pocketId, here, why }) => [pocketId, here, why])
  return introduction + markdownTable(['Pocket ID 2.14', 'Here', 'Why'], rows)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(page, compatibilityReference())
