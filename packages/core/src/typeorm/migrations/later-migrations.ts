import { integer, primary, text, uuid } from '../columns.ts'
import { defineMigration } from '../define-migration.ts'
import { OptionalClientTokenLifetime1764000000000 } from './1764000000000-optional-client-token-lifetime.ts'

/** The migrations after the first one, in their order. */
export const laterMigrations = [
  OptionalClientTokenLifetime1764000000000,
  defineMigration('AdditiveCreateCacheVersion1764000000010', {
    tables: [{ name: 'pocket_cache_version', columns: { id: primary(integer), version: uuid } }],
  }),
  defineMigration('AdditiveAddCodeByProgram1764000000030', {
    up: ['ALTER TABLE pocket_code ADD COLUMN by_program boolean'],
    down: ['ALTER TABLE pocket_code DROP COLUMN by_program'],
  }),
  defineMigration('AdditiveAddRecoveryCodes1764000000040', {
    up: [
      'ALTER TABLE pocket_code ADD COLUMN kind varchar(20)',
      'ALTER TABLE pocket_code ADD COLUMN session_uid varchar(255)',
      'CREATE INDEX pocket_code_account ON pocket_code (account_id)',
    ],
    down: [
      'DROP INDEX pocket_code_account',
      'ALTER TABLE pocket_code DROP COLUMN session_uid',
      'ALTER TABLE pocket_code DROP COLUMN kind',
    ],
  }),
  defineMigration('AdditiveAddPasskeyRpId1764000000110', {
    up: ['ALTER TABLE pocket_passkey ADD COLUMN rp_id varchar(253)'],
    down: ['ALTER TABLE pocket_passkey DROP COLUMN rp_id'],
  }),
  defineMigration('AdditiveCreateIssuer1764000000120', {
    tables: [{ name: 'pocket_issuer', columns: { id: primary(integer), issuer: text } }],
  }),
  defineMigration('AdditiveAddSessionBrowser1764000000300', {
    up: [
      'ALTER TABLE pocket_session_origin ADD COLUMN browser varchar(43)',
      'CREATE INDEX pocket_session_origin_browser ON pocket_session_origin (browser) WHERE browser IS NOT NULL',
    ],
    down: ['DROP INDEX pocket_session_origin_browser', 'ALTER TABLE pocket_session_origin DROP COLUMN browser'],
  }),
]
