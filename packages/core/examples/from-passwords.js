import { scryptSync, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { assertSameOrigin, createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

const hashed = (password, salt) => scryptSync(password, salt, 32)
const people = [{ id: '7', mail: 'ada@example.com', salt: 'b1', password: hashed('correct horse', 'b1') }]
const toAccount = ({ id, mail }) => ({ id, userName: mail, email: mail })

const accounts = {
  async find(id) {
    const person = people.find((each) => each.id === id)
    return person && toAccount(person)
  },
}

const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  // Core's page links to the password page, which returns to the URL in `redirect`.
  pages: { loginPath: '/login', otherMethodsUrl: '/password' },
  hooks: {
    // The first passkey replaces the password.
    after(event) {
      const person = event.event === 'passkey_added' && people.find(({ id }) => id === event.accountId)
      if (person) person.password = null
    },
  },
})

async function checkPassword(req, res) {
  assertSameOrigin(req, [pocket.originOf(req)])
  await pocket.limits.consume(req, 'one-time-access-token')
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  const person = people.find(({ mail, password }) => mail === form.get('name') && password !== null)
  const given = hashed(form.get('password') ?? '', person?.salt ?? 'nobody')
  if (!person || !timingSafeEqual(given, person.password)) return res.writeHead(403).end('That was not right.')
  await pocket.signIn.vouchFor(req, res, person.id, { amr: ['pwd'] })
  // Core's page offers a passkey, and continues at `redirect` if it is a path of this site.
  const redirect = new URL(req.url, origin).searchParams.get('redirect') ?? '/'
  res.writeHead(303, { Location: `/login?${new URLSearchParams({ redirect })}` }).end()
}

const provider = pocket.callback()
const passwordPage = `<!doctype html><html lang="en"><title>Sign in</title><form method="post">
<label>E-mail address <input name="name" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label><button>Sign in</button></form>`

createServer((req, res) =>
  provider(req, res, () => {
    if (req.url.split('?')[0] !== '/password') return home(pocket, req, res)
    if (req.method === 'GET') return res.setHeader('Content-Type', 'text/html').end(passwordPage)
    return checkPassword(req, res).catch((error) => res.writeHead(error.status ?? 500).end())
  }),
).listen(port, () => invite(pocket, '7'))
