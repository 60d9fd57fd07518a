import { describe, expect, test } from '@jest/globals'
import type { HostAccounts } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { UserAgent } from '@pocket/core/testing'
import { answerCeremony, hostStarter, visit } from './host.ts'
import { authorizationUrl, login, relyingParty } from './login.ts'

const startHost = hostStarter()

async function signInWith(find: (id: string) => unknown) {
  const stores = memoryStores()
  const host = await startHost({
    stores,
    options: { accounts: { find } as HostAccounts, limits: { hookTimeout: 50 } },
  })
  const person = await host.person('ada')
  const { client } = await host.client({ redirectUris: ['https://app.example/'] })
  const agent = new UserAgent()
  const page = await visit(agent, authorizationUrl(host, client.id, { redirect_uri: 'https://app.example/' }))
  return { host, agent, person, answer: await answerCeremony(agent, page, person.authenticator) }
}

describe('account store', () => {
  test.each([
    ['throws', () => Promise.reject(new Error('no database')), 'failed'],
    ['hangs', () => new Promise(() => {}), 'failed'],
    ['returns another account', async () => ({ id: 'somebody', userName: 'somebody' }), 'another_account'],
    ['returns a string', async () => 'ada', 'invalid'],
    ['has no name', async (id: string) => ({ id }), 'invalid'],
    ['has groups without names', async (id: string) => ({ id, userName: 'a', groups: [{ id: 'g' }] }), 'invalid'],
    ['has a number instead of a boolean', async (id: string) => ({ id, userName: 'a', emailVerified: 1 }), 'invalid'],
    [
      'has a date instead of milliseconds',
      async (id: string) => ({ id, userName: 'a', updatedAt: new Date() }),
      'invalid',
    ],
    [
      'has a field that throws',
      async (id: string) => ({
        id,
        get userName() {
          throw new Error('not loaded')
        },
      }),
      'failed',
    ],
  ])('that %s signs no one in, and the error names it', async (_name, find, code) => {
    const { host, agent, answer } = await signInWith(find)
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ code: 'misconfigured', details: { option: 'accounts.find' } })
    expect(host.events.at(-1)).toMatchObject({ event: 'sign_in_failed', code: 'misconfigured' })
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
    const fields = [{ field: 'accounts.find', code }]
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'accounts.find' }, fields }])
  })

  test('that returns only the required fields is sufficient', async () => {
    const stores = memoryStores()
    const accounts: HostAccounts = { find: async (id) => ({ id, userName: 'ada' }) }
    const host = await startHost({ stores, options: { accounts, stores: stores } })
    const { configuration } = await relyingParty(host)
    const { account, finish } = await login(host, configuration)
    expect((await finish()).claims()).toMatchObject({ sub: account.id, name: 'ada', groups: [] })
  })

  test('may return a disabled account: core rejects it and records an audit event', async () => {
    const { host, person, answer } = await signInWith(async (id) => ({ id, userName: 'ada', disabled: true }))
    expect(answer.json()).toMatchObject({ code: 'account_disabled' })
    const event = { event: 'sign_in_failed', code: 'account_disabled', accountId: person.account.id }
    expect(host.events.at(-1)).toMatchObject(event)
  })

  test('may return a class instance with accessors: a disabled account is still rejected', async () => {
    class PersonRecord {
      readonly #row: { readonly id: string; readonly blocked: boolean }
      readonly displayName = null
      constructor(id: string) {
        this.#row = { id, blocked: true }
      }
      get id() {
        return this.#row.id
      }
      get userName() {
        return 'ada'
      }
      get disabled() {
        return this.#row.blocked
      }
    }
    const { agent, answer } = await signInWith(async (id) => new PersonRecord(id))
    expect(answer.json()).toMatchObject({ code: 'account_disabled' })
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
  })
})
