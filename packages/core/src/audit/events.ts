import type { Changes } from './changes.ts'
import type { SignInMethod } from './sign-in-method.ts'

type Event<Name extends string, Fields extends object> = { readonly event: Name } & Readonly<Fields>

/** Every kind of event, without its changes. */
type AuditEventData =
  | Event<'signed_in', { accountId: string; method: SignInMethod; passkeyId?: string }>
  | Event<'sign_in_failed', { code: string; method: SignInMethod; accountId?: string; passkeyId?: string }>
  | Event<'reauthenticated', { accountId: string; passkeyId: string }>
  /** `deviceAddress`: the location of the requesting device. */
  | Event<'device_login_approved' | 'device_login_denied', { accountId: string; deviceAddress?: string }>
  | Event<'signed_out', { accountId: string }>
  /** Ended from another browser or by another user. `sessionId`: the `uid` of the session, which grants no access. */
  | Event<'session_ended', { accountId: string; sessionId: string; by?: string }>
  | Event<'setup_completed', { accountId: string; method: 'setup' | 'api' }>
  | Event<
      'account_created',
      {
        accountId: string
        method: 'setup' | 'api' | 'open_signup' | 'signup_token' | 'ldap'
        signupTokenId?: string
        by?: string
      }
    >
  | Event<'account_updated', { accountId: string; fields: readonly string[]; by?: string }>
  | Event<'account_disabled', { accountId: string; by?: string }>
  | Event<'account_enabled', { accountId: string; by?: string }>
  | Event<'account_removed', { accountId: string; by?: string }>
  /** A user downloaded an export of their data. */
  | Event<'account_exported', { accountId: string }>
  /** `added` and `removed` are group IDs. */
  | Event<
      'account_groups_changed',
      { accountId: string; added: readonly string[]; removed: readonly string[]; by: string }
    >
  | Event<'account_claims_changed', { accountId: string; keys: readonly string[]; by: string }>
  | Event<'group_created', { groupId: string; by: string }>
  | Event<'group_updated', { groupId: string; fields: readonly string[]; by: string }>
  | Event<'group_removed', { groupId: string; by: string }>
  /** `added` and `removed` are account IDs. */
  | Event<
      'group_members_changed',
      { groupId: string; added: readonly string[]; removed: readonly string[]; by: string }
    >
  /** `endsAt`: RFC 3339; empty if it no longer expires. */
  | Event<'membership_end_changed', { accountId: string; groupId: string; endsAt: string; by: string }>
  | Event<'membership_ended', { accountId: string; groupId: string }>
  | Event<'group_claims_changed', { groupId: string; keys: readonly string[]; by: string }>
  /** `credentialId`: in base64url. */
  | Event<'passkey_added', { accountId: string; passkeyId: string; credentialId: string }>
  | Event<'passkey_renamed', { accountId: string; passkeyId: string }>
  /** `credentialId`: in base64url. */
  | Event<
      'passkey_removed',
      { accountId: string; passkeyId: string; credentialId: string; passkeyName: string; by?: string }
    >
  | Event<'passkey_refused', { code: string; accountId?: string }>
  | Event<'passkey_counter_regressed', { accountId: string; passkeyId: string }>
  | Event<'code_issued', { accountId: string; by?: string }>
  | Event<
      'recovery_codes_created' | 'recovery_codes_removed',
      { accountId: string; kind: 'recovery' | 'break_glass' | 'delayed'; by?: string }
    >
  | Event<'recovery_requested' | 'recovery_stopped', { accountId: string; by?: string }>
  | Event<'recovery_code_used', { accountId: string; kind: 'recovery' | 'break_glass' | 'delayed' }>
  | Event<'client_created', { clientId: string; accountId?: string }>
  /** Registered dynamically, without approval by a user. */
  | Event<
      'client_registered',
      { clientId: string; method: 'open' | 'initial_access_token' | 'metadata_document'; initialAccessTokenId?: string }
    >
  | Event<'client_updated', { clientId: string; accountId?: string; fields?: readonly string[] }>
  | Event<'client_removed', { clientId: string; accountId?: string }>
  | Event<'initial_access_token_created' | 'initial_access_token_removed', { initialAccessTokenId: string; by: string }>
  | Event<'client_groups_changed', { clientId: string; groupIds: readonly string[]; accountId?: string }>
  | Event<'group_clients_changed', { groupId: string; clientIds: readonly string[]; by: string }>
  | Event<'client_secret_added', { clientId: string; secretId: string; accountId?: string }>
  | Event<'client_secret_removed', { clientId: string; secretId: string; accountId?: string }>
  /** A test sign-in was run without the application. */
  | Event<'client_tested', { clientId: string; outcome: 'passed' | 'not_passed'; accountId?: string }>
  | Event<'consent_given', { accountId: string; clientId: string; scopes: readonly string[] }>
  /** `device_authorized_again`: all requested scopes had already been allowed. */
  | Event<
      'device_authorized' | 'device_authorized_again',
      { accountId: string; clientId: string; scopes: readonly string[] }
    >
  | Event<'device_refused', { accountId: string; clientId: string }>
  | Event<'consent_refused', { accountId: string; clientId: string }>
  | Event<'consent_withdrawn', { accountId: string; clientId: string }>
  /** `isFirst`: whether the client needs no consent page and received these scopes for the first time. */
  | Event<'client_authorized', { accountId: string; clientId: string; isFirst?: boolean }>
  | Event<'authorization_refused', { code: string; clientId?: string; reason: string }>
  | Event<'token_refused', { code: string; clientId?: string; reason: string }>
  | Event<'request_refused', { endpoint: string; code: string; clientId?: string; reason: string }>
  /** The client was unreachable at every attempt. */
  | Event<'logout_notice_failed', { clientId: string; accountId: string; reason: string }>
  /** `kind`: the model name in oidc-provider, such as `RefreshToken`. */
  | Event<'token_revoked', { kind: string; clientId: string; accountId?: string }>
  | Event<'signup_token_created' | 'signup_token_removed', { signupTokenId: string; by: string }>
  | Event<'api_created' | 'api_removed', { apiId: string; by: string }>
  | Event<'api_updated', { apiId: string; fields: readonly string[]; by: string }>
  /** `keys`: the current permission keys of the API. */
  | Event<'api_permissions_changed', { apiId: string; keys: readonly string[]; by: string }>
  | Event<'api_cimd_access_changed', { apiId: string; by: string }>
  | Event<'api_access_changed' | 'api_access_removed', { apiId: string; clientId: string; by: string }>
  /** An LDAP import has finished; changes of users and groups are separate events. `counts`: such as `created 3, disabled 1`. */
  | Event<'ldap_synced', { trigger: 'job' | 'api' | 'page'; counts: string; by?: string }>
  /** An import would remove so many entries that an administrator must confirm it. `counts`: such as `disabled 212`. */
  | Event<'ldap_sync_waiting', { trigger: 'job' | 'api' | 'page'; counts: string; by?: string }>
  | Event<'ldap_sync_failed', { trigger: 'job' | 'api' | 'page'; reason: string; by?: string }>
  /** `dn`: the distinguished name of the entry. */
  | Event<'ldap_linked' | 'ldap_unlinked', { accountId: string; dn: string; by: string }>
  | Event<'scim_provider_created' | 'scim_provider_updated' | 'scim_provider_removed', { clientId: string; by: string }>
  /** Existing objects of a SCIM target were adopted. */
  | Event<'scim_objects_adopted', { clientId: string; count: string; by: string }>
  | Event<'scim_sync_requested', { clientId: string; by: string }>
  /** A SCIM target was synchronized completely. */
  | Event<'scim_synced', { clientId: string }>
  /** A SCIM target could not be synchronized completely. `reason`: an error code. */
  | Event<'scim_sync_failed', { clientId: string; reason: string }>
  | Event<'job_requested', { job: string; by: string }>
  | Event<'keys_rotated', { kid: string }>
  /** `kid` is that of the next signing key; `immediately` revokes the previous key. `by`: absent on the command line. */
  | Event<'key_rotation_requested', { kid: string; timing: 'immediately' | 'when_published'; by?: string }>
  /** All data in an archive, or a part of it as JSON. `by`: absent on the command line. */
  | Event<'data_exported', { format: 'archive' | 'json'; encryption: 'none' | 'passphrase' | 'recipient'; by?: string }>
  /** An archive has replaced all data. `archiveDate`: when the archive was written, in ISO 8601. */
  | Event<'data_imported', { archiveDate: string }>
  /** A backup from before an update has replaced all data. `backupDate`: when the backup was made, in ISO 8601. */
  | Event<'data_rolled_back', { backupDate: string }>
  /** `fingerprint` is that of the new key. */
  | Event<'encryption_key_rotated', { fingerprint: string }>
  | Event<'issuer_changed', { from: string; to: string }>
  | Event<'backup_failed', { reason: string }>
  | Event<'audit_log_exported', { format: string; by: string }>
  | Event<
      'api_key_created' | 'api_key_renewed' | 'api_key_removed',
      { accountId: string; apiKeyId: string; by?: string }
    >
  /** An API key read secrets in plain text. `clientId`: the client that the secrets belong to. */
  | Event<'secrets_read', { fields: readonly string[]; clientId?: string; by: string }>
  | Event<'settings_changed', { keys: readonly string[]; by: string }>

/**
 * All audit events; they contain only IDs. A rejection contains the precise error code, which is not shown to the user.
 * `by` is the actor if it is not the affected account; it is absent if the account itself acted, or no user did.
 * `fields` names the changed fields, except in `secrets_read`, where it names those that were read.
 * `changes` contains the old and new values that administrators need for later review.
 */
export type AuditEvent = AuditEventData & { readonly changes?: Changes }
