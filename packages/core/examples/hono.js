import { serve } from '@hono/node-server'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { Hono } from 'hono'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })

const app = new Hono()
app.use((context, next) =>
  pocket.fetch(context.req.raw, {
    ipAddress: context.env.incoming.socket.remoteAddress,
    next: async () => {
      await next()
      return context.res
    },
  }),
)
app.get('/', async (context) => {
  const session = await pocket.session(context.req.raw.headers)
  return session ? context.text(`Hello ${session.account.userName}`) : context.redirect('/login?redirect=/')
})
serve({ fetch: app.fetch, port }, () => invite(pocket, 'ada'))
