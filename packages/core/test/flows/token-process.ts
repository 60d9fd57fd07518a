import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Account, createPocket, MasterKey } from '@pocket/core'
import { DataSource } from 'typeorm'
import { postgresOptions, sqliteOptions, typeormStores } from '../../src/typeorm/index.ts'
import { slow } from './slow-stores.ts'

/** Another process of an instance: answers for the issuer at a port of its own, and says which; ends with its input. */
const [address = '', issuer = '', leeway = '', account = ''] = process.argv.slice(2)
const options = address.startsWith('postgres://') ? postgresOptions(address) : sqliteOptions(address)
const dataSource = await new DataSource(options).initialize()
const person: Account = JSON.parse(account)
const pocket = await createPocket({
  issuer,
  name: 'Test',
  masterKey: MasterKey.from('a master key that is long enough'),
  stores: {
    ...slow(typeormStores(dataSource)),
    accounts: { find: async (id) => (id === person.id ? person : undefined) },
  },
  render: () => '',
  refreshLeeway: Number(leeway),
})
const server = createServer(pocket.callback())
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.on('data', () => {})
process.stdin.on('end', () => process.exit())
