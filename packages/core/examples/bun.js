import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })

async function home(request) {
  const session = await pocket.session(request.headers)
  if (!session) return Response.redirect(`${origin}/login?redirect=/`)
  return new Response(`Hello ${session.account.userName}`)
}

Bun.serve({
  port,
  fetch: (request, server) =>
    pocket.fetch(request, { ipAddress: server.requestIP(request)?.address, next: () => home(request) }),
})
await invite(pocket, 'ada')
