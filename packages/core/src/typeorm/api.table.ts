import { EntitySchema } from 'typeorm'
import type { Api, ApiGrant } from '../apis/api.ts'
import { bigint, boolean, integer, json, text, uuid, varchar } from './columns.ts'

/** An API as stored, with its search and sort key. */
export interface StoredApi extends Api {
  readonly nameKey: string
}

/** APIs and their permissions. */
export const apiTable: EntitySchema<StoredApi> = new EntitySchema<StoredApi>({
  name: 'pocket_api',
  tableName: 'pocket_api',
  columns: {
    id: { ...uuid, primary: true },
    name: text,
    nameKey: { ...text, name: 'name_key' },
    resource: varchar(350),
    permissions: json,
    accessTokenFormat: { ...varchar(20), name: 'access_token_format' },
    accessTokenDurationMinutes: { ...integer, name: 'access_token_duration_minutes', nullable: true },
    resourceServerClientIds: { ...json, name: 'resource_server_client_ids' },
    allowCimdClients: { ...boolean, name: 'allow_cimd_clients' },
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
  },
  indices: [{ name: 'pocket_api_resource', columns: ['resource'], unique: true }],
})

/** The permissions granted to clients. */
export const apiGrantTable: EntitySchema<ApiGrant> = new EntitySchema<ApiGrant>({
  name: 'pocket_api_grant',
  tableName: 'pocket_api_grant',
  columns: {
    apiId: { ...uuid, name: 'api_id', primary: true },
    clientId: { ...text, name: 'client_id', primary: true },
    userDelegatedAccess: { ...boolean, name: 'user_delegated_access' },
    clientAccess: { ...boolean, name: 'client_access' },
    userDelegatedPermissionIds: { ...json, name: 'user_delegated_permission_ids' },
    clientPermissionIds: { ...json, name: 'client_permission_ids' },
  },
  indices: [{ name: 'pocket_api_grant_client', columns: ['clientId'] }],
  foreignKeys: [
    {
      name: 'pocket_api_grant_api',
      target: 'pocket_api',
      columnNames: ['apiId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})
