import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { typeormStores } from '@pocket/core/typeorm'
import { migrations } from '../../src/composition/server-tables.ts'
import { openWithoutLog, testDatabases } from './test-databases.ts'

const oldSchema = readFileSync(new URL('./replaced-migrations.sql', import.meta.url), 'utf8')
const rows = `
  INSERT INTO pocket_user VALUES ('5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1', 'zoe', 'zoe', NULL, NULL, FALSE, 'Zoë', 'Müller',
    'Z.', TRUE, FALSE, NULL, 1, 2, 'zoë müller zoe', NULL);
  INSERT INTO pocket_group VALUES ('0f6b5c1e-9d0f-4f9a-8f0e-6d8f0f5f3d11', 'staff', 'staff', 'Staff', 1, NULL);
  INSERT INTO pocket_membership VALUES ('5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1', '0f6b5c1e-9d0f-4f9a-8f0e-6d8f0f5f3d11', 9);
  INSERT INTO pocket_client (id, name, name_key, redirect_uris, post_logout_redirect_uris, is_public, pkce_required, secrets,
    created_at, updated_at, description, client_type, pkce_supported, requires_reauthentication,
    requires_pushed_authorization_requests, skip_consent, is_group_restricted, federated_identities,
    access_token_duration_minutes, refresh_token_duration_minutes)
    VALUES ('nas', 'NAS', 'nas', '["https://nas"]', '[]', FALSE, TRUE, '[]', 1, 2, '', 'standard', FALSE, FALSE, FALSE, FALSE,
      FALSE, '[]', 60, 43200);
  INSERT INTO pocket_spent_challenge (hash) VALUES ('spent');
  INSERT INTO pocket_setting VALUES ('appName', 'Example');`

describe.each(Object.entries(testDatabases))('a database of the replaced migrations on %s', (kind, createDatabase) => {
  const statements = [
    kind === 'SQLite'
      ? oldSchema
      : oldSchema.replaceAll('integer PRIMARY KEY AUTOINCREMENT NOT NULL', 'bigserial PRIMARY KEY'),
    rows,
  ]

  test('keeps its rows and has the schema of a new one', async () => {
    await using testDatabase = await createDatabase()
    await testDatabase.execute(statements)
    await using database = await openWithoutLog(testDatabase.config)
    const { dataSource } = database
    expect(await typeormStores(dataSource).clients.find('nas')).toMatchObject({
      redirectUris: ['https://nas'],
      createdAt: 1,
    })
    expect(await typeormStores(dataSource).spentChallenges.insert('spent')).toBe(false)
    for (const table of ['pocket_user', 'pocket_group', 'pocket_membership', 'pocket_setting'])
      expect(await dataSource.query(`SELECT * FROM ${table}`)).toHaveLength(1)
    for (const { table, migrations: names } of migrations)
      expect(await dataSource.query(`SELECT name FROM ${table}`)).toEqual(names.map(({ name }) => ({ name })))
    await using newDatabase = await createDatabase()
    await using _new = await openWithoutLog(newDatabase.config)
    expect(await testDatabase.schema()).toEqual(await newDatabase.schema())
  })

  test.each(migrations.map(({ table, lastReplacedMigration }) => [table, String(lastReplacedMigration)]))(
    'is rejected and not changed if %s lacks its last migration',
    async (table, last) => {
      await using testDatabase = await createDatabase()
      await testDatabase.execute([...statements, `DELETE FROM ${table} WHERE name = '${last}'`])
      const before = await testDatabase.state()
      await expect(openWithoutLog(testDatabase.config)).rejects.toThrow(
        new RegExp(`too old.*${last}.*\n.*unchanged.*\n.*start this version`),
      )
      expect(await testDatabase.state()).toEqual(before)
    },
  )
})
