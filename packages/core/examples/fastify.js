import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import fastify from 'fastify'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })
const provider = pocket.callback()

const app = fastify()
// A hook at this point sees a request before Fastify reads its body.
app.addHook('onRequest', (request, reply, next) => void provider(request.raw, reply.raw, next))
app.get('/', async (request, reply) => {
  const session = await pocket.session(request.raw, reply.raw)
  return session ? `Hello ${session.account.userName}` : reply.redirect('/login?redirect=/')
})
await app.listen({ port, host: 'localhost' })
await invite(pocket, 'ada')
