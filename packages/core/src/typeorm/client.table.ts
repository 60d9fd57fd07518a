import type { ClientRecord } from '../clients/client.ts'
import type { ClientProtocol } from '../clients/protocol.ts'
import { bigint, boolean, json, nullable, primary, text, varchar } from './columns.ts'
import { cascadingKey, defineTable } from './define-table.ts'

/** A client as stored, with its search and sort key. */
export interface StoredClient extends Omit<ClientRecord, 'protocol'> {
  /** The settings that differ from the defaults. */
  readonly protocol: Partial<ClientProtocol> | null
  readonly nameKey: string
  /** The network that registered the client without credentials, until its first use. */
  readonly network: string | null
}

export const clientTable = defineTable<StoredClient>('pocket_client', {
  columns: {
    // Text, since a client ID may be a URL.
    id: primary(text),
    name: text,
    nameKey: text,
    description: text,
    type: { ...varchar(20), name: 'client_type' },
    launchUrl: nullable(text),
    redirectUris: json,
    postLogoutRedirectUris: json,
    isPublic: boolean,
    pkceRequired: boolean,
    pkceSupported: boolean,
    requiresReauthentication: boolean,
    requiresPushedAuthorizationRequests: boolean,
    skipConsent: boolean,
    isGroupRestricted: boolean,
    secrets: json,
    federatedIdentities: json,
    accessTokenDurationMinutes: nullable(bigint),
    refreshTokenDurationMinutes: bigint,
    protocol: nullable(json),
    template: nullable(varchar(50)),
    registration: nullable(json),
    unusedSince: nullable(bigint),
    metadataExpiresAt: nullable(bigint),
    createdAt: bigint,
    updatedAt: bigint,
    network: nullable(varchar(45)),
  },
  indices: [
    { name: 'pocket_client_created', columns: ['createdAt', 'id'] },
    { name: 'pocket_client_network', columns: ['network'], where: 'network IS NOT NULL' },
  ],
})

export interface SecretUse {
  readonly secretId: string
  readonly clientId: string
  readonly lastUsedAt: number
}

export const secretUseTable = defineTable<SecretUse>('pocket_client_secret_use', {
  columns: {
    secretId: primary(varchar(36)),
    clientId: text,
    lastUsedAt: bigint,
  },
  indices: [{ name: 'pocket_client_secret_use_client', columns: ['clientId'] }],
  foreignKeys: [cascadingKey('pocket_client_secret_use_client_fk', { property: 'clientId', table: 'pocket_client' })],
})

/** A group whose members may use a client that is restricted to groups. */
export interface ClientGroup {
  readonly clientId: string
  readonly groupId: string
}

/** The groups that may use each restricted client. */
export const clientGroupTable = defineTable<ClientGroup>('pocket_client_group', {
  columns: {
    clientId: primary(text),
    groupId: primary(varchar(255)),
  },
  indices: [{ name: 'pocket_client_group_group', columns: ['groupId'] }],
  foreignKeys: [cascadingKey('pocket_client_group_client', { property: 'clientId', table: 'pocket_client' })],
})
