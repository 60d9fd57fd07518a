import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const begin = (path) =>
  createPocket({ issuer: `${origin}${path}`, masterKey: masterKey + path, accounts, stores: memoryStores() })

const customers = await begin('/customers')
const staff = await begin('/staff')
const forCustomers = customers.callback()
const forStaff = staff.callback()

// Each handles the URLs below its path, such as `/staff/login`.
const server = createServer((req, res) => forCustomers(req, res, () => forStaff(req, res, () => home(staff, req, res))))
server.listen(port, () => invite(staff, 'ada'))
