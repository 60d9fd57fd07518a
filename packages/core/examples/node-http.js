import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })
const provider = pocket.callback()

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, 'ada'))
