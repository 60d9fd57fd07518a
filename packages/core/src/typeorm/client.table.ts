import { EntitySchema } from 'typeorm'
import type { Client } from '../clients/client.ts'
import { bigint, boolean, json, text, varchar } from './columns.ts'

export const clientTable: EntitySchema<Client> = new EntitySchema<Client>({
  name: 'pocket_client',
  tableName: 'pocket_client',
  columns: {
    // A text, since a client id may be an address.
    id: { ...text, primary: true },
    name: text,
    redirectUris: { ...json, name: 'redirect_uris' },
    postLogoutRedirectUris: { ...json, name: 'post_logout_redirect_uris' },
    isPublic: { ...boolean, name: 'is_public' },
    pkceRequired: { ...boolean, name: 'pkce_required' },
    secrets: json,
    template: { ...varchar(50), nullable: true },
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
  },
})
