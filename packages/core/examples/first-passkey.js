import { assertSameOrigin } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'

// How people get their first passkey: with a code that they were given they are signed in, and then the browser makes one.
// It takes `(req, res, next)`, and comes before body parsers.
export function firstPasskey(pocket, accounts, afterwards = () => {}) {
  const page = (res, main) => {
    res.setHeader('Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'")
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.end(
      `<!doctype html><html lang="en"><title>Your first passkey</title><main><h1>Your first passkey</h1>${main}</main>`,
    )
  }
  const json = (res, body) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify(body))
  const signedIn = async (req, res) => {
    const session = await pocket.session(req, res)
    return session && accounts.find(session.accountId)
  }
  const answers = {
    'GET /first-passkey': (_req, res) =>
      page(
        res,
        '<form method="post"><label>Code <input name="code" autocomplete="one-time-code"></label><button>Go on</button></form>',
      ),

    'POST /first-passkey': async (req, res) => {
      await pocket.signIn.withCode(req, res, new URLSearchParams(await read(req)).get('code') ?? '')
      res.writeHead(303, { Location: '/first-passkey/make' }).end()
    },

    'GET /first-passkey/make': (_req, res) =>
      page(res, '<button>Make a passkey</button><script type="module" src="/first-passkey/page.js"></script>'),

    'GET /first-passkey/page.js': (_req, res) => {
      res.setHeader('Content-Type', 'text/javascript')
      res.end(`import { register } from '${pocket.browserModule}'
const ceremony = { optionsFrom: '/first-passkey/options', submitTo: '/first-passkey/answer' }
document.querySelector('button').onclick = async () => location.assign((await register(ceremony)).redirectTo)`)
    },

    'POST /first-passkey/options': async (req, res) => {
      const { id: accountId, userName, displayName = userName } = (await signedIn(req, res)) ?? {}
      if (!accountId) return res.writeHead(401).end()
      const subject = { accountId, userName, displayName }
      json(res, { options: await pocket.registration.options(req, res, { subject, purpose: 'registration' }) })
    },

    'POST /first-passkey/answer': async (req, res) => {
      const { id: accountId } = (await signedIn(req, res)) ?? {}
      if (!accountId) return res.writeHead(401).end()
      const { response } = JSON.parse(await read(req))
      await pocket.registration.add(req, res, { response, purpose: 'registration', accountId })
      await afterwards(accountId)
      json(res, { redirectTo: '/' })
    },
  }
  return async (req, res, next = () => res.writeHead(404).end()) => {
    const answer = answers[`${req.method} ${req.url}`]
    if (!answer) return next()
    try {
      assertSameOrigin(req, [pocket.originOf(req)])
      await answer(req, res)
    } catch (error) {
      if (!(error instanceof PocketError)) return next(error)
      res.writeHead(error.status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code: error.code }))
    }
  }
}

async function read(req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
