import type { MigrationInterface } from 'typeorm'

/** Does nothing: its table is created by `AdditiveAddSpentChallenges`. It stays because databases have it in their history. */
export class SealChallenges1760000000352 implements MigrationInterface {
  readonly name = 'SealChallenges1760000000352'

  async up(): Promise<void> {}

  async down(): Promise<void> {}
}
