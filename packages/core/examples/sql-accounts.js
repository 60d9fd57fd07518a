import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { pocketMigrations, runMigrations, sqliteOptions, typeormStores } from '@pocket/core/typeorm'
import { DataSource } from 'typeorm'
import { home } from './home.js'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

// Pocket adds its tables to the database of the service.
const options = sqliteOptions(process.env.DATABASE ?? 'service.sqlite')
await runMigrations(options, [pocketMigrations])
const dataSource = await new DataSource(options).initialize()
await dataSource.query(
  'CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, mail TEXT, name TEXT, blocked INTEGER)',
)
await dataSource.query(`INSERT OR IGNORE INTO people VALUES (7, 'ada@example.com', 'Ada Koch', 0)`)

const accounts = {
  async find(id) {
    const [row] = await dataSource.query('SELECT * FROM people WHERE id = ?', [id])
    return row && { id, userName: row.mail, displayName: row.name, email: row.mail, disabled: row.blocked === 1 }
  },
}

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: typeormStores(dataSource) })
const provider = pocket.callback()

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, '7'))
