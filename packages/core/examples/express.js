import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import express from 'express'
import { firstPasskey } from './first-passkey.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: `${origin}/auth`, masterKey, accounts, stores: memoryStores() })

const app = express()
app.use(pocket.callback())
app.use(firstPasskey(pocket, accounts))
app.use(express.json())
app.get('/', async (req, res) => {
  const session = await pocket.session(req, res)
  res.send(session ? `Hello ${session.accountId}` : 'Hello stranger')
})
app.listen(port, () => invite(pocket, 'ada'))
