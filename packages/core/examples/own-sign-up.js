import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { assertSameOrigin, createPocket } from '@pocket/core'
import { ConflictError, PocketError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

const people = new Map([[randomUUID(), { userName: 'ada', email: 'ada@example.com' }]])
const accountOf = (entry) => entry && { id: entry[0], ...entry[1] }
const byLogin = (login) => [...people].find(([, { userName, email }]) => [userName, email].includes(login))

const accounts = {
  find: async (id) => accountOf(people.has(id) ? [id, people.get(id)] : undefined),
  findByLogin: async (login) => accountOf(byLogin(login)),
  async register({ id, userName, email }) {
    if (byLogin(userName)) throw new ConflictError('already_in_use', 'The name is taken.')
    people.set(id, { userName, email })
    return { id, userName, email }
  },
  list: async ({ after, limit }) => {
    const ids = [...people.keys()].sort().filter((id) => id > after)
    return ids.slice(0, limit).map((id) => accountOf([id, people.get(id)]))
  },
}

// In earnest this is a transport of nodemailer or the like.
const mailer = { send: async ({ to, code }) => console.log(`mail ${JSON.stringify({ to, code })}`) }

const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  mailer,
  hooks: {
    before: { signUp: ({ account }) => (account.userName === 'root' ? { refuse: 'Not this name.' } : undefined) },
    after: (event) => void (event.event === 'account_created' && console.log(`welcome ${event.accountId}`)),
  },
})

const read = async (req) => {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}
// A page calls `register` of `@pocket/core/browser` with the first two, and the last two with what people type.
const answers = {
  '/sign-up/options': async (req, res) => ({ options: await pocket.signUp.begin(req, res, await read(req)) }),
  '/sign-up/answer': async (req, res) => {
    await pocket.signUp.finish(req, res, (await read(req)).response)
    return { redirectTo: '/' }
  },
  '/mail-code': async (req, res) => ({ sent: await pocket.mailLoginCode(req, res, (await read(req)).login) }),
  '/code': async (req, res) => ({ id: (await pocket.signIn.withCode(req, res, (await read(req)).code)).id }),
}
async function own(req, res) {
  const answer = req.method === 'POST' && answers[req.url]
  if (!answer) return res.writeHead(404).end()
  try {
    assertSameOrigin(req, [pocket.originOf(req)])
    const body = JSON.stringify((await answer(req, res)) ?? {})
    res.setHeader('Content-Type', 'application/json').end(body)
  } catch (error) {
    const { status, code } = error instanceof PocketError ? error : { status: 500, code: 'internal_error' }
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code }))
  }
}

const provider = pocket.callback()
createServer((req, res) => provider(req, res, () => own(req, res))).listen(port, () =>
  invite(pocket, [...people.keys()][0]),
)
