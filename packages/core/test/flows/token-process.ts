import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Account, createPocket, MasterKey } from '@pocket/core'
import { DataSource } from 'typeorm'
import { postgresOptions, sqliteOptions } from '../../src/typeorm/index.ts'
import { type Lead, slowStores } from './slow-stores.ts'

/** What the test tells another process, which answers with the same number when it is done. */
export interface Order {
  readonly number: number
  readonly name: keyof Lead
  readonly given: readonly never[]
}

/** What a process says: where it listens, with number 0, and which order it has followed. */
export interface Said {
  readonly number: number
  readonly port: number
}

/** Another process of an instance: answers for the issuer at a port of its own, and ends with the one that began it. */
const [address = '', issuer = '', leeway = '', startedAt = '', account = ''] = process.argv.slice(2)
const options = address.startsWith('postgres://') ? postgresOptions(address) : sqliteOptions(address)
const dataSource = await new DataSource(options).initialize()
const { stores, clock, lead } = slowStores(dataSource, Number(startedAt))
const person: Account = JSON.parse(account)
const pocket = await createPocket({
  issuer,
  name: 'Test',
  masterKey: MasterKey.from('a master key that is long enough'),
  stores: { ...stores, accounts: { find: async (id) => (id === person.id ? person : undefined) } },
  render: () => '',
  refreshLeeway: Number(leeway),
  rateLimits: false,
  clock,
})
const server = createServer(pocket.callback())
const say = (number: number) => process.send?.({ number, port: (server.address() as AddressInfo).port } satisfies Said)
process.on('message', async ({ number, name, given }: Order) => {
  const follow: (...all: never[]) => unknown = lead[name]
  await follow(...given)
  say(number)
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => say(0))
