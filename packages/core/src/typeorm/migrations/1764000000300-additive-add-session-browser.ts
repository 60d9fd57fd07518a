import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The browser in which a session started. */
export class AdditiveAddSessionBrowser1764000000300 implements MigrationInterface {
  readonly name = 'AdditiveAddSessionBrowser1764000000300'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_session_origin ADD COLUMN browser varchar(43)')
    await runner.query(
      'CREATE INDEX pocket_session_origin_browser ON pocket_session_origin (browser) WHERE browser IS NOT NULL',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX pocket_session_origin_browser')
    await runner.query('ALTER TABLE pocket_session_origin DROP COLUMN browser')
  }
}
