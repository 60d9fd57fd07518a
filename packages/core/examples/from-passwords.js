import { scryptSync, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { assertSameOrigin, createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { firstPasskey } from './first-passkey.js'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

const hashed = (password, salt) => scryptSync(password, salt, 32)
const people = [{ id: '7', mail: 'ada@example.com', salt: 'b1', password: hashed('correct horse', 'b1') }]
const accountOf = ({ id, mail }) => ({ id, userName: mail, email: mail })

const accounts = {
  async find(id) {
    const person = people.find((each) => each.id === id)
    return person && accountOf(person)
  },
}

// Whoever has no passkey yet gets to the old page from the sign-in page, and back with `redirect`.
const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  pages: { otherMethodsUrl: '/login' },
})

// The password is used for the last time here: it leads to the page on which the browser makes a passkey.
async function login(req, res) {
  assertSameOrigin(req, [pocket.originOf(req)])
  await pocket.limits.consume(req, 'one-time-access-token')
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  const person = people.find(({ mail, password }) => mail === form.get('name') && password !== null)
  const given = hashed(form.get('password') ?? '', person?.salt ?? 'nobody')
  if (!person || !timingSafeEqual(given, person.password)) return res.writeHead(403).end('That was not right.')
  const { code } = await pocket.issueLoginCode(person, 60_000)
  await pocket.signIn.withCode(req, res, code)
  res.writeHead(303, { Location: '/first-passkey/make' }).end()
}

// Once there is a passkey, the password is good for nothing any more.
async function forgetPassword(accountId) {
  const passkeys = await pocket.passkeys.list(accountId)
  const person = people.find(({ id }) => id === accountId)
  if (passkeys.length > 0 && person) person.password = null
}

const provider = pocket.callback()
const first = firstPasskey(pocket, accounts, forgetPassword)
const loginPage = `<!doctype html><html lang="en"><title>Sign in</title><form method="post">
<label>E-mail address <input name="name" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label><button>Sign in</button></form>`

createServer((req, res) =>
  provider(req, res, () => {
    const path = req.url.split('?')[0]
    if (path !== '/login') return first(req, res)
    if (req.method === 'GET') return res.setHeader('Content-Type', 'text/html').end(loginPage)
    return login(req, res).catch((error) => res.writeHead(error.status ?? 500).end())
  }),
).listen(port, () => invite(pocket, '7'))
