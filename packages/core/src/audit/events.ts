import type { Changes } from './changes.ts'
import type { SignInMethod } from './sign-in-method.ts'

/** Every kind of event, without its changes. */
type AuditEventData =
  | {
      readonly event: 'signed_in'
      readonly accountId: string
      readonly method: SignInMethod
      readonly passkeyId?: string
    }
  | {
      readonly event: 'sign_in_failed'
      readonly code: string
      readonly method: SignInMethod
      readonly accountId?: string
      readonly passkeyId?: string
    }
  | { readonly event: 'reauthenticated'; readonly accountId: string; readonly passkeyId: string }
  | {
      readonly event: 'device_login_approved' | 'device_login_denied'
      readonly accountId: string
      /** The location of the requesting device. */
      readonly deviceAddress?: string
    }
  | { readonly event: 'signed_out'; readonly accountId: string }
  | {
      /** Ended from another browser or by another user. */
      readonly event: 'session_ended'
      readonly accountId: string
      /** The `uid` of the session, which grants no access. */
      readonly sessionId: string
      readonly by?: string
    }
  | { readonly event: 'setup_completed'; readonly accountId: string; readonly method: 'setup' | 'api' }
  | {
      readonly event: 'account_created'
      readonly accountId: string
      readonly method: 'setup' | 'api' | 'open_signup' | 'signup_token' | 'ldap'
      /** The sign-up token that was used. */
      readonly signupTokenId?: string
      readonly by?: string
    }
  | {
      readonly event: 'account_updated'
      readonly accountId: string
      /** The names of the changed fields. */
      readonly fields: readonly string[]
      readonly by?: string
    }
  | { readonly event: 'account_disabled'; readonly accountId: string; readonly by?: string }
  | { readonly event: 'account_enabled'; readonly accountId: string; readonly by?: string }
  | { readonly event: 'account_removed'; readonly accountId: string; readonly by?: string }
  | {
      /** A user downloaded an export of their data. */
      readonly event: 'account_exported'
      readonly accountId: string
    }
  | {
      readonly event: 'account_groups_changed'
      readonly accountId: string
      /** Group IDs. */
      readonly added: readonly string[]
      readonly removed: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'account_claims_changed'
      readonly accountId: string
      readonly keys: readonly string[]
      readonly by: string
    }
  | { readonly event: 'group_created'; readonly groupId: string; readonly by: string }
  | {
      readonly event: 'group_updated'
      readonly groupId: string
      readonly fields: readonly string[]
      readonly by: string
    }
  | { readonly event: 'group_removed'; readonly groupId: string; readonly by: string }
  | {
      readonly event: 'group_members_changed'
      readonly groupId: string
      /** Account IDs. */
      readonly added: readonly string[]
      readonly removed: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'membership_end_changed'
      readonly accountId: string
      readonly groupId: string
      /** RFC 3339; empty if it no longer expires. */
      readonly endsAt: string
      readonly by: string
    }
  | { readonly event: 'membership_ended'; readonly accountId: string; readonly groupId: string }
  | {
      readonly event: 'group_claims_changed'
      readonly groupId: string
      readonly keys: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'passkey_added'
      readonly accountId: string
      readonly passkeyId: string
      /** In base64url. */
      readonly credentialId: string
    }
  | { readonly event: 'passkey_renamed'; readonly accountId: string; readonly passkeyId: string }
  | {
      readonly event: 'passkey_removed'
      readonly accountId: string
      readonly passkeyId: string
      /** In base64url. */
      readonly credentialId: string
      readonly passkeyName: string
      readonly by?: string
    }
  | { readonly event: 'passkey_refused'; readonly code: string; readonly accountId?: string }
  | { readonly event: 'passkey_counter_regressed'; readonly accountId: string; readonly passkeyId: string }
  | { readonly event: 'code_issued'; readonly accountId: string; readonly by?: string }
  | {
      readonly event: 'recovery_codes_created' | 'recovery_codes_removed'
      readonly accountId: string
      readonly kind: 'recovery' | 'break_glass' | 'delayed'
      readonly by?: string
    }
  | { readonly event: 'recovery_requested' | 'recovery_stopped'; readonly accountId: string; readonly by?: string }
  | {
      readonly event: 'recovery_code_used'
      readonly accountId: string
      readonly kind: 'recovery' | 'break_glass' | 'delayed'
    }
  | { readonly event: 'client_created'; readonly clientId: string; readonly accountId?: string }
  | {
      /** Registered dynamically, without approval by a user. */
      readonly event: 'client_registered'
      readonly clientId: string
      readonly method: 'open' | 'initial_access_token' | 'metadata_document'
      readonly initialAccessTokenId?: string
    }
  | {
      readonly event: 'client_updated'
      readonly clientId: string
      readonly accountId?: string
      /** The names of the changed fields. */
      readonly fields?: readonly string[]
    }
  | { readonly event: 'client_removed'; readonly clientId: string; readonly accountId?: string }
  | {
      readonly event: 'initial_access_token_created' | 'initial_access_token_removed'
      readonly initialAccessTokenId: string
      readonly by: string
    }
  | {
      readonly event: 'client_groups_changed'
      readonly clientId: string
      readonly groupIds: readonly string[]
      readonly accountId?: string
    }
  | {
      readonly event: 'group_clients_changed'
      readonly groupId: string
      readonly clientIds: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'client_secret_added'
      readonly clientId: string
      readonly secretId: string
      readonly accountId?: string
    }
  | {
      readonly event: 'client_secret_removed'
      readonly clientId: string
      readonly secretId: string
      readonly accountId?: string
    }
  | {
      /** A test sign-in was run without the application. */
      readonly event: 'client_tested'
      readonly clientId: string
      readonly outcome: 'passed' | 'not_passed'
      readonly accountId?: string
    }
  | {
      readonly event: 'consent_given'
      readonly accountId: string
      readonly clientId: string
      readonly scopes: readonly string[]
    }
  | {
      /** `device_authorized_again`: all requested scopes had already been allowed. */
      readonly event: 'device_authorized' | 'device_authorized_again'
      readonly accountId: string
      readonly clientId: string
      readonly scopes: readonly string[]
    }
  | { readonly event: 'device_refused'; readonly accountId: string; readonly clientId: string }
  | { readonly event: 'consent_refused'; readonly accountId: string; readonly clientId: string }
  | { readonly event: 'consent_withdrawn'; readonly accountId: string; readonly clientId: string }
  | {
      readonly event: 'client_authorized'
      readonly accountId: string
      readonly clientId: string
      /** Whether the client needs no consent page and received these scopes for the first time. */
      readonly isFirst?: boolean
    }
  | {
      readonly event: 'authorization_refused'
      readonly code: string
      readonly clientId?: string
      readonly reason: string
    }
  | { readonly event: 'token_refused'; readonly code: string; readonly clientId?: string; readonly reason: string }
  | {
      readonly event: 'request_refused'
      readonly endpoint: string
      readonly code: string
      readonly clientId?: string
      readonly reason: string
    }
  | {
      /** The client was unreachable at every attempt. */
      readonly event: 'logout_notice_failed'
      readonly clientId: string
      readonly accountId: string
      readonly reason: string
    }
  | {
      readonly event: 'token_revoked'
      /** The model name in oidc-provider, such as `RefreshToken`. */
      readonly kind: string
      readonly clientId: string
      readonly accountId?: string
    }
  | {
      readonly event: 'signup_token_created' | 'signup_token_removed'
      readonly signupTokenId: string
      readonly by: string
    }
  | { readonly event: 'api_created' | 'api_removed'; readonly apiId: string; readonly by: string }
  | {
      readonly event: 'api_updated'
      readonly apiId: string
      /** The names of the changed fields. */
      readonly fields: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'api_permissions_changed'
      readonly apiId: string
      /** The current permission keys of the API. */
      readonly keys: readonly string[]
      readonly by: string
    }
  | { readonly event: 'api_cimd_access_changed'; readonly apiId: string; readonly by: string }
  | {
      readonly event: 'api_access_changed' | 'api_access_removed'
      readonly apiId: string
      readonly clientId: string
      readonly by: string
    }
  | {
      /** An LDAP import has finished; changes of users and groups are separate events. */
      readonly event: 'ldap_synced'
      readonly trigger: 'job' | 'api' | 'page'
      /** Counts of changes, such as `created 3, disabled 1`. */
      readonly counts: string
      readonly by?: string
    }
  | {
      /** An import would remove so many entries that it requires confirmation by an administrator. */
      readonly event: 'ldap_sync_waiting'
      readonly trigger: 'job' | 'api' | 'page'
      /** Counts of pending removals, such as `disabled 212`. */
      readonly counts: string
      readonly by?: string
    }
  | {
      readonly event: 'ldap_sync_failed'
      readonly trigger: 'job' | 'api' | 'page'
      /** The reason of the failure. */
      readonly reason: string
      readonly by?: string
    }
  | {
      readonly event: 'ldap_linked' | 'ldap_unlinked'
      readonly accountId: string
      /** The distinguished name of the entry. */
      readonly dn: string
      readonly by: string
    }
  | {
      readonly event: 'scim_provider_created' | 'scim_provider_updated' | 'scim_provider_removed'
      readonly clientId: string
      readonly by: string
    }
  | {
      /** Existing objects of a SCIM target were adopted. */
      readonly event: 'scim_objects_adopted'
      readonly clientId: string
      readonly count: string
      readonly by: string
    }
  | {
      readonly event: 'scim_sync_requested'
      readonly clientId: string
      readonly by: string
    }
  | {
      /** A SCIM target was synchronized completely. */
      readonly event: 'scim_synced'
      readonly clientId: string
    }
  | {
      /** A SCIM target could not be synchronized completely. */
      readonly event: 'scim_sync_failed'
      readonly clientId: string
      /** An error code. */
      readonly reason: string
    }
  | { readonly event: 'job_requested'; readonly job: string; readonly by: string }
  | { readonly event: 'keys_rotated'; readonly kid: string }
  | {
      readonly event: 'key_rotation_requested'
      /** The `kid` of the next signing key. */
      readonly kid: string
      /** `immediately`: the previous key is revoked without delay. */
      readonly timing: 'immediately' | 'when_published'
      /** Absent if the rotation was requested on the command line. */
      readonly by?: string
    }
  | {
      /** All data in an archive, or a part of it as JSON. */
      readonly event: 'data_exported'
      readonly format: 'archive' | 'json'
      readonly encryption: 'none' | 'passphrase' | 'recipient'
      /** Absent on the command line. */
      readonly by?: string
    }
  | {
      /** An archive has replaced all data. */
      readonly event: 'data_imported'
      /** When the archive was written, in ISO 8601. */
      readonly archiveDate: string
    }
  | {
      /** A backup from before an update has replaced all data. */
      readonly event: 'data_rolled_back'
      /** When the backup was made, in ISO 8601. */
      readonly backupDate: string
    }
  | {
      readonly event: 'encryption_key_rotated'
      /** Of the new key. */
      readonly fingerprint: string
    }
  | { readonly event: 'issuer_changed'; readonly from: string; readonly to: string }
  | { readonly event: 'backup_failed'; readonly reason: string }
  | { readonly event: 'audit_log_exported'; readonly format: string; readonly by: string }
  | {
      readonly event: 'api_key_created' | 'api_key_renewed' | 'api_key_removed'
      readonly accountId: string
      readonly apiKeyId: string
      readonly by?: string
    }
  | {
      /** An API key read secrets in plain text. */
      readonly event: 'secrets_read'
      /** The names of the fields. */
      readonly fields: readonly string[]
      /** The client that the secrets belong to. */
      readonly clientId?: string
      readonly by: string
    }
  | {
      readonly event: 'settings_changed'
      /** The names of the changed settings. */
      readonly keys: readonly string[]
      readonly by: string
    }

/**
 * All audit events; they contain only IDs. A rejection contains the precise error code, which is not shown to the user.
 * `by` is the actor if it is not the affected account; it is absent if the account itself acted, or no user did.
 * `changes` contains the old and new values that administrators need for later review.
 */
export type AuditEvent = AuditEventData & { readonly changes?: Changes }
