import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { firstPasskey } from './first-passkey.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const begin = (path) =>
  createPocket({ issuer: `${origin}${path}`, masterKey: masterKey + path, accounts, stores: memoryStores() })

const customers = await begin('/customers')
const staff = await begin('/staff')
const handlers = [customers.callback(), staff.callback(), firstPasskey(staff, accounts)]

// Each takes what is below its path.
const server = createServer((req, res) => {
  const [first, second, third] = handlers
  first(req, res, () => second(req, res, () => third(req, res)))
})
server.listen(port, () => invite(staff, 'ada'))
