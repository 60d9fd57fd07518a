import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import express from 'express'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: `${origin}/auth`, masterKey, accounts, stores: memoryStores() })

const app = express()
app.use(pocket.callback())
app.use(express.json())
app.get('/', async (req, res) => {
  const session = await pocket.session(req, res)
  res.send(session ? `Hello ${session.account.userName}` : '<a href="/auth/login?redirect=/">Sign in</a>')
})
app.listen(port, () => invite(pocket, 'ada'))
