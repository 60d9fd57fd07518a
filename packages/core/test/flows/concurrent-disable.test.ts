import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, type Host, minute, startHostOver, withRoutes } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'

const withHostRoutes = withRoutes((pocket, req, res, query) => ({
  '/enter': () => pocket.signIn.withCode(req, res, query('code')),
  '/new': () => pocket.signIn.asNewAccount(req, res, { accountId: query('account'), method: 'api' }),
  '/ask': () => pocket.deviceLogins.request(req),
  '/approve': () =>
    pocket.deviceLogins.decide(req, { code: query('code'), accountId: query('account'), status: 'approved' }),
  '/redeem': () => pocket.deviceLogins.redeem(req, res, { id: query('id'), token: query('token'), wait: 0 }),
}))

describe.each(Object.entries(storeKinds))('a sign-in during the disabling of the account over %s', (_kind, open) => {
  let duringSignIn: ((account: Account) => Promise<unknown>) | undefined
  let signInPage: UserAgentResponse | undefined

  const signInHook = async ({ account }: { readonly account: Account }) => {
    await duringSignIn?.(account)
    return undefined
  }
  const options = { hooks: { before: { signIn: signInHook } } }
  const host = shareBetweenTests(() => startHostOver(open, { mount: withHostRoutes, options }))
  beforeEach(() => {
    duringSignIn = undefined
    signInPage = undefined
    host.events.length = 0
  })

  const hostUrl = (path: string, query: Readonly<Record<string, string>>) =>
    `${host.issuer}${path}?${new URLSearchParams(query)}`
  type Person = Awaited<ReturnType<Host['person']>>

  const methods: Readonly<Record<string, (agent: UserAgent, person: Person) => Promise<{ readonly text: string }>>> = {
    'with a passkey': async (agent, { authenticator }) => {
      const { client } = await host.client({ redirectUris: [redirectUri] })
      signInPage = await agent.follow(await agent.get(authorizationUrl(host, client.id)))
      return answerCeremony(agent, signInPage, authenticator)
    },
    'with a login code': async (agent, { account }) => {
      const { code } = await host.pocket.issueLoginCode(account, minute)
      return agent.get(hostUrl('/enter', { code }))
    },
    'on another device': async (agent, { account }) => {
      const { id, token, userCode } = JSON.parse((await agent.get(hostUrl('/ask', {}))).text)
      await new UserAgent().get(hostUrl('/approve', { account: account.id, code: userCode }))
      return agent.get(hostUrl('/redeem', { id, token }))
    },
    'of a new account': (agent, { account }) => agent.get(hostUrl('/new', { account: account.id })),
  }

  test.each(Object.entries(methods))(
    '%s sets no cookie if it fails after its session started',
    async (method, signIn) => {
      const person = await host.person('ada')
      const agent = new UserAgent()
      const { artifacts } = host.stores
      const [replace, push] = [artifacts.replace.bind(artifacts), host.events.push.bind(host.events)]
      let failed = 0
      const fail = () => {
        failed += 1
        throw new Error('the database went away')
      }
      // With a passkey, the sign-in page is sent last; otherwise the audit event is.
      if (method === 'with a passkey')
        artifacts.replace = async (key, artifact, before) =>
          artifact.model === 'Interaction' ? fail() : replace(key, artifact, before)
      else
        host.events.push = (...events) => (events.some(({ event }) => event === 'signed_in') ? fail() : push(...events))
      await signIn(agent, person)
      Object.assign(artifacts, { replace })
      Object.assign(host.events, { push })
      expect(failed).toBe(1)
      expect(agent.cookies().filter(({ name }) => name === 'access_token')).toEqual([])
      expect(await host.pocket.sessions.list(person.account.id)).toEqual([])
      host.errors.length = 0
      // The challenge was not consumed.
      if (signInPage) expect((await answerCeremony(agent, signInPage, person.authenticator)).status).toBe(200)
    },
  )

  test.each(Object.entries(methods))('%s is rejected, and leaves no session', async (name, signIn) => {
    const person = await host.person('ada')
    const { account } = person
    const agent = new UserAgent()
    duringSignIn = async () => {
      host.accounts.set(account.id, { ...account, disabled: true })
      await host.pocket.endAccess(account.id)
    }
    const { text } = await signIn(agent, person)
    expect(text).toContain('account_disabled')
    host.accounts.set(account.id, account)
    expect(await host.pocket.sessions.list(account.id)).toEqual([])
    expect(host.events.filter(({ event }) => event === 'signed_in')).toEqual([])
    const names = {
      passkey: 'with a passkey',
      code: 'with a login code',
      device: 'on another device',
      api: 'of a new account',
    }
    const [method] = Object.entries(names).find(([, own]) => own === name) ?? []
    expect(host.events).toContainEqual({
      event: 'sign_in_failed',
      ...{ code: 'account_disabled', method, accountId: account.id },
    })
    expect(host.errors).toEqual([])
  })
})
