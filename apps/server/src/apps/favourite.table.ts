import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Favourite } from './favourite-store.ts'

const { bigint, text, uuid } = columns

export const favouriteTable: EntitySchema<Favourite> = new EntitySchema<Favourite>({
  name: 'pocket_favourite',
  tableName: 'pocket_favourite',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    clientId: { ...text, name: 'client_id', primary: true },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [{ name: 'pocket_favourite_client', columns: ['clientId'] }],
})
