import { bytes, type Column, flag, integer, json, object, optional, text, texts, time, withDefault } from './columns.ts'

const off = withDefault(flag, false)

/** The tables of Pocket ID 2.10 to 2.14 and their columns that are migrated. */
export const sourceTables = {
  users: {
    id: text,
    created_at: withDefault(time, 0),
    updated_at: optional(time),
    username: text,
    email: optional(text),
    first_name: withDefault(text, ''),
    last_name: withDefault(text, ''),
    display_name: withDefault(text, ''),
    is_admin: off,
    ldap_id: optional(text),
    locale: optional(text),
    disabled: off,
    email_verified: off,
  },
  user_groups: {
    id: text,
    created_at: withDefault(time, 0),
    friendly_name: text,
    name: text,
    ldap_id: optional(text),
  },
  user_groups_users: { user_id: text, user_group_id: text },
  custom_claims: {
    id: text,
    created_at: withDefault(time, 0),
    key: text,
    value: text,
    user_id: optional(text),
    user_group_id: optional(text),
  },
  webauthn_credentials: {
    id: text,
    created_at: withDefault(time, 0),
    name: text,
    credential_id: bytes,
    public_key: bytes,
    attestation_type: withDefault(text, ''),
    transport: withDefault(texts, []),
    user_id: optional(text),
    backup_eligible: off,
    backup_state: off,
  },
  api_keys: {
    id: text,
    name: text,
    key: text,
    description: optional(text),
    expires_at: time,
    last_used_at: optional(time),
    created_at: withDefault(time, 0),
    user_id: optional(text),
    expiration_email_sent: off,
  },
  apis: {
    id: text,
    created_at: time,
    updated_at: optional(time),
    name: text,
    audience: text,
    allow_cimd_clients: off,
  },
  api_permissions: {
    id: text,
    created_at: time,
    api_id: text,
    key: text,
    name: text,
    description: optional(text),
    allowed_for_cimd_clients: off,
  },
  oidc_clients: {
    id: text,
    created_at: withDefault(time, 0),
    name: withDefault(text, ''),
    callback_urls: withDefault(texts, []),
    logout_callback_urls: withDefault(texts, []),
    is_public: off,
    pkce_enabled: off,
    pkce_supported: off,
    credentials: withDefault(object, {}),
    /** Only before 2.14: the bcrypt hash of the only secret. */
    secret: optional(text),
    launch_url: optional(text),
    requires_reauthentication: off,
    is_group_restricted: off,
    requires_pushed_authorization_requests: off,
    skip_consent: off,
    description: withDefault(text, ''),
    client_type: withDefault(text, 'standard'),
    metadata_expires_at: optional(time),
    metadata_grant_types: optional(json),
    access_token_duration_minutes: withDefault(integer, 60),
    refresh_token_duration_minutes: withDefault(integer, 43_200),
  },
  oidc_clients_allowed_user_groups: { user_group_id: text, oidc_client_id: text },
  oidc_clients_allowed_apis: { oidc_client_id: text, api_id: text, subject_type: text },
  oidc_clients_allowed_api_permissions: { oidc_client_id: text, api_permission_id: text, subject_type: text },
  user_authorized_oidc_clients: { user_id: text, client_id: text, scope: withDefault(texts, []), last_used_at: time },
  scim_service_providers: { id: text, created_at: time, endpoint: text, token: text, oidc_client_id: text },
  audit_logs: {
    id: text,
    created_at: withDefault(time, 0),
    event: text,
    ip_address: optional(text),
    user_agent: optional(text),
    data: withDefault(object, {}),
    user_id: optional(text),
    country: optional(text),
    city: optional(text),
  },
  oauth2_sessions: {
    id: text,
    created_at: time,
    kind: text,
    key: text,
    request_id: text,
    active: off,
    request_data: object,
    expires_at: optional(time),
  },
  kv: { key: text, value: withDefault(text, '') },
  interaction_sessions: { id: text },
  reauthentication_tokens: { id: text },
  webauthn_sessions: { id: text },
  /** Only before 2.12: later versions keep these in the state of actors. */
  app_config_variables: { key: text, value: withDefault(text, '') },
  signup_tokens: {
    id: text,
    created_at: withDefault(time, 0),
    token: text,
    expires_at: time,
    usage_limit: withDefault(integer, 1),
    usage_count: withDefault(integer, 0),
  },
  signup_tokens_user_groups: { signup_token_id: text, user_group_id: text },
  one_time_access_tokens: { id: text, token: text, expires_at: time, user_id: text, device_token: optional(text) },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Column<unknown>>>>>

export type SourceTable = keyof typeof sourceTables

export function isSourceTable(name: string): name is SourceTable {
  return Object.hasOwn(sourceTables, name)
}

export type SourceRow<Table extends SourceTable> = {
  readonly [Key in keyof (typeof sourceTables)[Table]]: (typeof sourceTables)[Table][Key] extends Column<infer Value>
    ? Value
    : never
}

/** The columns that rows are read by: those of one authorization together, all others in the order of their creation. */
export function orderOf(table: SourceTable): readonly string[] {
  if (table === 'oauth2_sessions') return ['request_id', 'created_at']
  return 'created_at' in sourceTables[table] && 'id' in sourceTables[table] ? ['created_at'] : []
}
