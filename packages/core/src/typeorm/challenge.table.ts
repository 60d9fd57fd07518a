import { bigint, hash } from './columns.ts'
import { defineTable } from './define-table.ts'

export interface SpentChallenge {
  readonly id: number
  readonly hash: string
}

/** Challenges that have been used. The migration creates the generated primary key, since its type differs between databases. */
export const challengeTable = defineTable<SpentChallenge>('pocket_spent_challenge', {
  synchronize: false,
  columns: { id: { ...bigint, primary: true, generated: 'increment' }, hash: { ...hash, unique: true } },
})
