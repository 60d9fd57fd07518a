import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** An application that a user marked as a favorite. */
export interface Favorite {
  readonly accountId: string
  readonly clientId: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

const { bigint, text, uuid } = columns

export const favoriteTable: EntitySchema<Favorite> = new EntitySchema<Favorite>({
  name: 'pocket_favourite',
  tableName: 'pocket_favourite',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    clientId: { ...text, name: 'client_id', primary: true },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [{ name: 'pocket_favourite_client', columns: ['clientId'] }],
})
