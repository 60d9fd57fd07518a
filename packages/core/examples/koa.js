import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import Koa from 'koa'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })

const app = new Koa()
app.use(pocket.koa())
app.use(async (ctx) => {
  const session = await pocket.session(ctx.req, ctx.res)
  if (session) ctx.body = `Hello ${session.account.userName}`
  else ctx.redirect('/login?redirect=/')
})
app.listen(port, () => invite(pocket, 'ada'))
