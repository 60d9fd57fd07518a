import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { firstPasskey } from './first-passkey.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })
const provider = pocket.callback()
const first = firstPasskey(pocket, accounts)

createServer((req, res) => provider(req, res, () => first(req, res))).listen(port, () => invite(pocket, 'ada'))
