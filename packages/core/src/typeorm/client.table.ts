import { EntitySchema } from 'typeorm'
import type { ClientRecord } from '../clients/client.ts'
import type { ClientProtocol } from '../clients/protocol.ts'
import { bigint, boolean, json, text, varchar } from './columns.ts'

/** A client as stored, with its search and sort key. */
export interface StoredClient extends Omit<ClientRecord, 'protocol'> {
  /** The settings that differ from the defaults. */
  readonly protocol: Partial<ClientProtocol> | null
  readonly nameKey: string
  /** The network that registered the client without credentials, until its first use. */
  readonly network: string | null
}

/** Clients. */
export const clientTable: EntitySchema<StoredClient> = new EntitySchema<StoredClient>({
  name: 'pocket_client',
  tableName: 'pocket_client',
  columns: {
    // Text, since a client ID may be a URL.
    id: { ...text, primary: true },
    name: text,
    nameKey: { ...text, name: 'name_key' },
    description: text,
    type: { ...varchar(20), name: 'client_type' },
    launchUrl: { ...text, name: 'launch_url', nullable: true },
    redirectUris: { ...json, name: 'redirect_uris' },
    postLogoutRedirectUris: { ...json, name: 'post_logout_redirect_uris' },
    isPublic: { ...boolean, name: 'is_public' },
    pkceRequired: { ...boolean, name: 'pkce_required' },
    pkceSupported: { ...boolean, name: 'pkce_supported' },
    requiresReauthentication: { ...boolean, name: 'requires_reauthentication' },
    requiresPushedAuthorizationRequests: { ...boolean, name: 'requires_pushed_authorization_requests' },
    skipConsent: { ...boolean, name: 'skip_consent' },
    isGroupRestricted: { ...boolean, name: 'is_group_restricted' },
    secrets: json,
    federatedIdentities: { ...json, name: 'federated_identities' },
    accessTokenDurationMinutes: { ...bigint, name: 'access_token_duration_minutes', nullable: true },
    refreshTokenDurationMinutes: { ...bigint, name: 'refresh_token_duration_minutes' },
    protocol: { ...json, nullable: true },
    template: { ...varchar(50), nullable: true },
    registration: { ...json, nullable: true },
    unusedSince: { ...bigint, name: 'unused_since', nullable: true },
    metadataExpiresAt: { ...bigint, name: 'metadata_expires_at', nullable: true },
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
    network: { ...varchar(45), nullable: true },
  },
  indices: [
    { name: 'pocket_client_created', columns: ['createdAt', 'id'] },
    { name: 'pocket_client_network', columns: ['network'], where: 'network IS NOT NULL' },
  ],
})

/** The last use of a secret. */
export interface SecretUse {
  readonly secretId: string
  readonly clientId: string
  readonly lastUsedAt: number
}

/** The last use of each client secret. */
export const secretUseTable: EntitySchema<SecretUse> = new EntitySchema<SecretUse>({
  name: 'pocket_client_secret_use',
  tableName: 'pocket_client_secret_use',
  columns: {
    secretId: { ...varchar(36), name: 'secret_id', primary: true },
    clientId: { ...text, name: 'client_id' },
    lastUsedAt: { ...bigint, name: 'last_used_at' },
  },
  indices: [{ name: 'pocket_client_secret_use_client', columns: ['clientId'] }],
  foreignKeys: [
    {
      name: 'pocket_client_secret_use_client_fk',
      target: 'pocket_client',
      columnNames: ['clientId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})

/** A group whose members may use a client that is restricted to groups. */
export interface ClientGroup {
  readonly clientId: string
  readonly groupId: string
}

/** The groups that may use each restricted client. */
export const clientGroupTable: EntitySchema<ClientGroup> = new EntitySchema<ClientGroup>({
  name: 'pocket_client_group',
  tableName: 'pocket_client_group',
  columns: {
    clientId: { ...text, name: 'client_id', primary: true },
    groupId: { ...varchar(255), name: 'group_id', primary: true },
  },
  indices: [{ name: 'pocket_client_group_group', columns: ['groupId'] }],
  foreignKeys: [
    {
      name: 'pocket_client_group_client',
      target: 'pocket_client',
      columnNames: ['clientId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})
