import { EntitySchema } from 'typeorm'
import { bigint, hash } from './columns.ts'

/** A challenge that was spent. */
export interface SpentChallenge {
  /** The position in the order of insertion. */
  readonly id: number
  readonly hash: string
}

/** Challenges that were spent. Its primary key is generated, for which each database has a type of its own: the migration makes it. */
export const challengeTable: EntitySchema<SpentChallenge> = new EntitySchema<SpentChallenge>({
  name: 'pocket_challenge',
  tableName: 'pocket_challenge',
  synchronize: false,
  columns: { id: { ...bigint, primary: true, generated: 'increment' }, hash: { ...hash, unique: true } },
})
