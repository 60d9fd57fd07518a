import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  // Every client receives the department, and one of them an additional claim.
  claims: (account, { client, scopes }) => ({
    department: account.extra?.department,
    ...(client.name === 'Photos' && scopes.includes('profile') && { album: `albums/${account.id}` }),
  }),
})
const provider = pocket.callback()

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, 'ada'))
