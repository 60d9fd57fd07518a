import { createServer } from 'node:http'
import { createPocket, systemClock } from '@pocket/core'
import { pocketMigrations, pocketTables, runMigrations, sqliteOptions, typeormStores } from '@pocket/core/typeorm'
import { createDirectory, newUser } from '@pocket/directory'
import { directoryMigrations, directoryStores, directoryTables } from '@pocket/directory/typeorm'
import { DataSource } from 'typeorm'
import { home } from './home.js'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

// A service without its own users: they are in Pocket's directory.
const options = sqliteOptions(process.env.DATABASE ?? 'people.sqlite', [...pocketTables, ...directoryTables])
await runMigrations(options, [pocketMigrations, directoryMigrations])
const dataSource = await new DataSource(options).initialize()
const directory = createDirectory({ ...directoryStores(dataSource), clock: systemClock })
const { accounts } = directory

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: typeormStores(dataSource) })
const provider = pocket.callback()

const ada =
  (await directory.findByName('ada')) ??
  (await directory.create(newUser({ username: 'ada', displayName: 'Ada Koch', email: 'ada@example.com' })))

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, ada.id))
