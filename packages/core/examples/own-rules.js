import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const accepted = new Set()

const checks = {
  // Step-up: a session that began with a code (`acr` 0) or long ago is not enough for this application.
  photosWantAPasskey: ({ client, session }) =>
    client.name === 'Photos' && (session.acr !== 'phr' || Date.now() / 1000 - session.authTime > 8 * 3600)
      ? { signInAgain: true }
      : undefined,
  terms: ({ account }) => (accepted.has(account.id) ? undefined : { redirectTo: '/terms' }),
  // Asked when tokens are refreshed too.
  contract: ({ account }) => (account.extra?.contract === 'ended' ? { refuse: 'The contract has ended.' } : undefined),
}

const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  hooks: { accessChecks: checks },
  audit: { record: async (event, { ipAddress }) => console.log(`audit ${JSON.stringify({ ...event, ipAddress })}`) },
  limits: {
    rateLimiter: {
      consume: async () => {},
      refund: async () => {},
      recordFailure: async () => {},
      assertNotBlocked: async () => {},
    },
  },
})

// The page with the terms, which returns to the path in `redirect`.
async function terms(req, res) {
  const session = await pocket.session(req, res)
  const returnPath = new URL(req.url, origin).searchParams.get('redirect') ?? '/'
  if (!session || !returnPath.startsWith('/interaction/')) return res.writeHead(404).end()
  if (req.method === 'POST') {
    accepted.add(session.accountId)
    return res.writeHead(303, { Location: returnPath }).end()
  }
  res.setHeader('Content-Type', 'text/html')
  res.end('<!doctype html><html lang="en"><title>Terms</title><form method="post"><button>I accept</button></form>')
}

const provider = pocket.callback()
createServer((req, res) =>
  provider(req, res, () => (req.url.startsWith('/terms') ? terms(req, res) : home(pocket, req, res))),
).listen(port, () => invite(pocket, 'ada'))
