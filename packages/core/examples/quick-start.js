import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import express from 'express'

const people = new Map([['ada', { id: 'ada', userName: 'ada', email: 'ada@example.com' }]])
const pocket = await createPocket({
  issuer: 'http://localhost:3000',
  masterKey: 'for development: 16 bytes or more',
  accounts: { find: async (id) => people.get(id) },
  stores: memoryStores(),
})
const redirectUris = ['http://localhost:4000/callback']
await pocket.clients.create({ id: 'photos', name: 'Photos', isPublic: true, redirectUris })

const app = express()
app.use(pocket.callback())
app.get('/', async (req, res) => {
  const session = await pocket.session(req, res)
  res.send(session ? `Hello ${session.account.userName}` : '<a href="/login?redirect=/">Sign in</a>')
})
app.listen(3000)

const { code } = await pocket.issueLoginCode({ id: 'ada' }, 15 * 60_000)
console.log(`Open http://localhost:3000/login/code?redirect=/ and enter ${code}`)
