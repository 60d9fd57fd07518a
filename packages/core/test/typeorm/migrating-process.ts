import { once } from 'node:events'
import { pocketMigrations, postgresOptions, runMigrations, sqliteOptions } from '../../src/typeorm/index.ts'

const address = process.argv[2] ?? ''
const options = address.startsWith('postgres://') ? postgresOptions(address) : sqliteOptions(address)

console.log('ready')
await once(process.stdin, 'data')
await runMigrations(options, [pocketMigrations])
process.stdin.destroy()
