import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { masterKey, origin, port } from './settings.js'

const people = new Map([[randomUUID(), { userName: 'ada', email: 'ada@example.com' }]])
const toAccount = (entry) => entry && { id: entry[0], ...entry[1] }
const byLogin = (login) => [...people].find(([, { userName, email }]) => [userName, email].includes(login))

const accounts = {
  find: async (id) => toAccount(people.has(id) ? [id, people.get(id)] : undefined),
  findByLogin: async (login) => toAccount(byLogin(login)),
  async register({ id, userName, email }) {
    if (byLogin(userName)) throw new ConflictError('already_in_use', 'The name is taken.')
    people.set(id, { userName, email })
    return { id, userName, email }
  },
  list: async ({ after, limit }) => {
    const ids = [...people.keys()].sort().filter((id) => id > after)
    return ids.slice(0, limit).map((id) => toAccount([id, people.get(id)]))
  },
}

// In production, use an e-mail library such as nodemailer.
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

// Core serves `/login/sign-up`, because `accounts` has `register`, and `/login/mail`, because there is a `mailer`.
const provider = pocket.callback()
createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () =>
  invite(pocket, [...people.keys()][0]),
)
