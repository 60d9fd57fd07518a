import type { AuditEvent } from '@pocket/core'
import { eventName } from './event-name.ts'

type Kind = AuditEvent['event']

/** Whether users filter their own log by each kind of event. A record, so that the compiler requires every new kind. */
const kinds: Readonly<Record<Kind, boolean>> = {
  signed_in: true,
  sign_in_failed: true,
  reauthenticated: false,
  device_login_approved: true,
  device_login_denied: false,
  signed_out: true,
  session_ended: true,
  setup_completed: false,
  account_created: false,
  account_updated: true,
  account_disabled: false,
  account_enabled: false,
  account_removed: false,
  account_exported: false,
  account_groups_changed: false,
  account_claims_changed: false,
  group_created: false,
  group_updated: false,
  group_removed: false,
  group_members_changed: false,
  membership_end_changed: false,
  membership_ended: false,
  group_claims_changed: false,
  passkey_added: true,
  passkey_renamed: false,
  passkey_removed: true,
  passkey_refused: false,
  passkey_counter_regressed: false,
  code_issued: true,
  recovery_codes_created: true,
  recovery_codes_removed: false,
  recovery_code_used: true,
  recovery_requested: true,
  recovery_stopped: false,
  ldap_synced: false,
  ldap_sync_waiting: false,
  ldap_sync_failed: false,
  ldap_linked: false,
  ldap_unlinked: false,
  client_created: false,
  client_registered: false,
  client_updated: false,
  client_removed: false,
  initial_access_token_created: false,
  initial_access_token_removed: false,
  client_groups_changed: false,
  group_clients_changed: false,
  client_secret_added: false,
  client_secret_removed: false,
  client_tested: false,
  consent_given: true,
  device_authorized: false,
  device_authorized_again: false,
  device_refused: false,
  consent_refused: false,
  consent_withdrawn: true,
  client_authorized: true,
  authorization_refused: false,
  token_refused: false,
  request_refused: false,
  logout_notice_failed: false,
  token_revoked: false,
  signup_token_created: false,
  signup_token_removed: false,
  api_created: false,
  api_removed: false,
  api_updated: false,
  api_permissions_changed: false,
  api_cimd_access_changed: false,
  api_access_changed: false,
  api_access_removed: false,
  scim_provider_created: false,
  scim_provider_updated: false,
  scim_provider_removed: false,
  scim_objects_adopted: false,
  scim_sync_requested: false,
  scim_synced: false,
  scim_sync_failed: false,
  job_requested: false,
  keys_rotated: false,
  key_rotation_requested: false,
  data_exported: false,
  data_imported: false,
  data_rolled_back: false,
  encryption_key_rotated: false,
  issuer_changed: false,
  backup_failed: false,
  audit_log_exported: false,
  api_key_created: true,
  api_key_renewed: false,
  api_key_removed: true,
  settings_changed: false,
  secrets_read: false,
}

function namesOf(kind: Kind): readonly string[] {
  // The cast is safe: the name depends only on the kind of event and the method.
  const name = (method: string) => eventName({ event: kind, method } as AuditEvent)
  const methods: Readonly<Partial<Record<Kind, readonly string[]>>> = {
    signed_in: ['passkey', 'code', 'device', 'recovery'],
    account_created: ['open_signup', 'api'],
  }
  return (methods[kind] ?? ['']).map(name)
}

// `kinds` has no other keys.
const all = Object.keys(kinds) as Kind[]

export const eventNames: readonly string[] = all.flatMap(namesOf)

/** Event names that users filter their own log by. */
export const commonEventNames: readonly string[] = all.filter((kind) => kinds[kind]).flatMap(namesOf)
