import { columns, defineTable } from '@pocket/core/internal/sql'

export interface Favorite {
  readonly accountId: string
  readonly clientId: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

const { bigint, primary, text, uuid } = columns

export const favoriteTable = defineTable<Favorite>('pocket_favourite', {
  columns: {
    accountId: primary(uuid),
    clientId: primary(text),
    createdAt: bigint,
  },
  indices: [{ name: 'pocket_favourite_client', columns: ['clientId'] }],
})
