import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Account, changeIssuer, createPocket, MasterKey } from '@pocket/core'
import { DataSource } from 'typeorm'
import { postgresOptions, sqliteOptions } from '../../src/typeorm/index.ts'
import { createSlowStores } from './slow-stores.ts'

/** The input of another process, as JSON. */
export interface Task {
  readonly database: string
  readonly startedAt: number
  readonly account: Account
  /** Provider instances over the same database, by issuer. */
  readonly leeways: Readonly<Record<string, number>>
}

/**
 * Serves each issuer on a separate port, and follows the commands that are posted to the first port it prints; `accounts` adds
 * other accounts.
 */
const { database, startedAt, account, leeways }: Task = JSON.parse(process.argv[2] ?? '')
const options = database.startsWith('postgres://') ? postgresOptions(database) : sqliteOptions(database)
const dataSource = await new DataSource(options).initialize()
const { stores, clock, controller } = createSlowStores(dataSource, startedAt)
const accounts = new Map([[account.id, account]])
const commands = { ...controller, accounts: (added: Account) => accounts.set(added.id, added) }

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const ports = [
  await listen(async (req, res) => {
    const follow: (...input: never[]) => unknown = commands[req.url?.slice(1) as keyof typeof commands]
    await follow(...((await json(req)) as never[]))
    res.end()
  }),
]
for (const [issuer, refreshLeeway] of Object.entries(leeways)) {
  await changeIssuer({ issuer, stores })
  const pocket = await createPocket({
    // Trusts the hosts of the test.
    cookiePrefix: '',
    issuer,
    name: 'Test',
    masterKey: MasterKey.from('a master key that is long enough'),
    accounts: { find: async (id) => accounts.get(id) },
    stores: stores,
    pages: { render: () => '' },
    protocol: { refreshTokenLeeway: refreshLeeway },
    limits: { rateLimiter: false },
    clock,
  })
  ports.push(await listen(pocket.callback()))
}
console.log(`ready ${JSON.stringify(ports)}`)
