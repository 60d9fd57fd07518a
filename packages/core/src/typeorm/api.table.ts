import type { Api, ApiGrant } from '../apis/api.ts'
import { bigint, boolean, integer, json, nullable, primary, text, uuid, varchar } from './columns.ts'
import { cascadingKey, defineTable } from './define-table.ts'

/** An API as stored, with its search and sort key. */
export interface StoredApi extends Api {
  readonly nameKey: string
}

export const apiTable = defineTable<StoredApi>('pocket_api', {
  columns: {
    id: primary(uuid),
    name: text,
    nameKey: text,
    resource: varchar(350),
    permissions: json,
    accessTokenFormat: varchar(20),
    accessTokenDurationMinutes: nullable(integer),
    resourceServerClientIds: json,
    allowCimdClients: boolean,
    createdAt: bigint,
    updatedAt: bigint,
  },
  indices: [{ name: 'pocket_api_resource', columns: ['resource'], unique: true }],
})

export const apiGrantTable = defineTable<ApiGrant>('pocket_api_grant', {
  columns: {
    apiId: primary(uuid),
    clientId: primary(text),
    userDelegatedAccess: boolean,
    clientAccess: boolean,
    userDelegatedPermissionIds: json,
    clientPermissionIds: json,
  },
  indices: [{ name: 'pocket_api_grant_client', columns: ['clientId'] }],
  foreignKeys: [cascadingKey('pocket_api_grant_api', { property: 'apiId', table: 'pocket_api' })],
})
