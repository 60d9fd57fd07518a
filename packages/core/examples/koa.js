import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import Koa from 'koa'
import { firstPasskey } from './first-passkey.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })
const first = firstPasskey(pocket, accounts)

const app = new Koa()
app.use(pocket.koa())
app.use((ctx, next) => {
  if (!ctx.path.startsWith('/first-passkey')) return next()
  ctx.respond = false
  ctx.res.statusCode = 200
  return first(ctx.req, ctx.res)
})
app.use(async (ctx) => {
  const session = await pocket.session(ctx.req, ctx.res)
  ctx.body = session ? `Hello ${session.accountId}` : 'Hello stranger'
})
app.listen(port, () => invite(pocket, 'ada'))
