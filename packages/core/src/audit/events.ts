import type { Changes } from './changes.ts'

/** Every kind of event, without what it changed. */
type Happening =
  | {
      readonly event: 'signed_in'
      readonly accountId: string
      readonly method: 'passkey' | 'code' | 'device' | 'setup' | 'sign_up' | 'setup_api' | 'api'
      readonly passkeyId?: string
    }
  | {
      readonly event: 'sign_in_failed'
      readonly code: string
      readonly accountId?: string
      readonly passkeyId?: string
    }
  | { readonly event: 'reauthenticated'; readonly accountId: string; readonly passkeyId: string }
  | {
      readonly event: 'device_login_approved' | 'device_login_denied'
      readonly accountId: string
      /** Where the device is that asked. */
      readonly deviceAddress?: string
    }
  | { readonly event: 'signed_out'; readonly accountId: string }
  | {
      /** In another browser, or by somebody else. */
      readonly event: 'session_ended'
      readonly accountId: string
      /** Its `uid`, which lets nobody in. */
      readonly sessionId: string
      readonly by?: string
    }
  | { readonly event: 'setup_completed'; readonly accountId: string; readonly method: 'setup' | 'api' }
  | {
      readonly event: 'account_created'
      readonly accountId: string
      readonly method: 'setup' | 'api' | 'open_signup' | 'signup_token' | 'ldap'
      /** The sign-up token that let them in. */
      readonly signupTokenId?: string
      readonly by?: string
    }
  | {
      readonly event: 'account_updated'
      readonly accountId: string
      /** The names of what changed. */
      readonly fields: readonly string[]
      readonly by?: string
    }
  | { readonly event: 'account_disabled'; readonly accountId: string; readonly by?: string }
  | { readonly event: 'account_enabled'; readonly accountId: string; readonly by?: string }
  | { readonly event: 'account_removed'; readonly accountId: string; readonly by?: string }
  | {
      /** Somebody took all that is kept of them away as a file. */
      readonly event: 'account_exported'
      readonly accountId: string
    }
  | {
      readonly event: 'account_groups_changed'
      readonly accountId: string
      /** Ids of groups. */
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
      /** Ids of accounts. */
      readonly added: readonly string[]
      readonly removed: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'membership_end_changed'
      readonly accountId: string
      readonly groupId: string
      /** RFC 3339; empty where it does not end by itself any more. */
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
  | { readonly event: 'client_created'; readonly clientId: string; readonly accountId?: string }
  | {
      /** By a program; nobody was asked. */
      readonly event: 'client_registered'
      readonly clientId: string
      readonly method: 'open' | 'initial_access_token' | 'metadata_document'
      readonly initialAccessTokenId?: string
    }
  | {
      readonly event: 'client_updated'
      readonly clientId: string
      readonly accountId?: string
      /** The names of what changed. */
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
      /** Somebody tried a client without its application. */
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
      /** The second where everything had been allowed before. */
      readonly event: 'device_authorized' | 'device_authorized_again'
      readonly accountId: string
      readonly clientId: string
      readonly scopes: readonly string[]
    }
  | { readonly event: 'device_refused'; readonly accountId: string; readonly clientId: string }
  | { readonly event: 'consent_refused'; readonly accountId: string; readonly clientId: string }
  | { readonly event: 'consent_withdrawn'; readonly accountId: string; readonly clientId: string }
  | { readonly event: 'client_authorized'; readonly accountId: string; readonly clientId: string }
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
      /** The client was not reached, however often it was tried. */
      readonly event: 'logout_notice_failed'
      readonly clientId: string
      readonly accountId: string
      readonly reason: string
    }
  | {
      readonly event: 'token_revoked'
      /** As the library calls it, such as `RefreshToken`. */
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
      /** The names of what changed. */
      readonly fields: readonly string[]
      readonly by: string
    }
  | {
      readonly event: 'api_permissions_changed'
      readonly apiId: string
      /** The keys that the API has now. */
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
      /** An import from LDAP has ended; what it did with each person and group are events of their own. */
      readonly event: 'ldap_synced'
      readonly trigger: 'job' | 'api' | 'page'
      /** How many of each were changed, such as `created 3, disabled 1`. */
      readonly counts: string
      readonly by?: string
    }
  | {
      /** So much would have gone that an import waits for an administrator. */
      readonly event: 'ldap_sync_waiting'
      readonly trigger: 'job' | 'api' | 'page'
      /** How many of each would have gone, such as `disabled 212`. */
      readonly counts: string
      readonly by?: string
    }
  | {
      readonly event: 'ldap_sync_failed'
      readonly trigger: 'job' | 'api' | 'page'
      /** Why. */
      readonly reason: string
      readonly by?: string
    }
  | {
      readonly event: 'ldap_linked' | 'ldap_unlinked'
      readonly accountId: string
      /** The name of the entry. */
      readonly dn: string
      readonly by: string
    }
  | {
      readonly event: 'scim_provider_created' | 'scim_provider_updated' | 'scim_provider_removed'
      readonly clientId: string
      readonly by: string
    }
  | {
      /** What a target had before is taken over. */
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
      /** A target was changed so that it has everybody it should have. */
      readonly event: 'scim_synced'
      readonly clientId: string
    }
  | {
      /** A target does not have everybody it should have. */
      readonly event: 'scim_sync_failed'
      readonly clientId: string
      /** A code. */
      readonly reason: string
    }
  | { readonly event: 'job_requested'; readonly job: string; readonly by: string }
  | { readonly event: 'keys_rotated'; readonly kid: string }
  | {
      readonly event: 'key_rotation_requested'
      /** The `kid` of the key that signs then. */
      readonly kid: string
      /** `immediately`: the key before it is withdrawn at once. */
      readonly timing: 'immediately' | 'when_published'
      /** Absent where it was asked for by the command line. */
      readonly by?: string
    }
  | { readonly event: 'audit_log_exported'; readonly format: string; readonly by: string }
  | {
      readonly event: 'api_key_created' | 'api_key_renewed' | 'api_key_removed'
      readonly accountId: string
      readonly apiKeyId: string
    }
  | {
      readonly event: 'settings_changed'
      /** The names of what changed. */
      readonly keys: readonly string[]
      readonly by: string
    }

/**
 * Everything that can happen, in ids only. A refusal carries the precise code that a person is not shown. `by` is who did it
 * to somebody or something else; where it is missing it was the account itself, or nobody.
 * `changes` are what an administrator has to be able to look up later: what a field was, and what it has become.
 */
export type AuditEvent = Happening & { readonly changes?: Changes }
