import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { changeIssuer } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { UserAgent } from '@pocket/core/testing'
import { freshHost, viewOf } from './host.ts'

let vouch: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>

const host = freshHost({
  mount: (pocket) => {
    const provider = pocket.callback()
    return (req, res) =>
      provider(req, res, async () => {
        const work = req.url === '/vouch' ? vouch(req, res) : pocket.session(req, res)
        const result = await work.catch((error: unknown) => {
          if (!(error instanceof PocketError)) throw error
          return { code: error.code, fields: error.fields }
        })
        res.end(JSON.stringify(result ?? null))
      })
  },
})

const vouchWithAmr = (accountId: string, amr: unknown) => (req: IncomingMessage, res: ServerResponse) =>
  host.pocket.signIn.vouchFor(req, res, accountId, { amr: amr as string[] })

test('starts a session below the level of a passkey, with the methods that the host has checked', async () => {
  const agent = new UserAgent()
  const account = { id: '7', userName: 'ada', displayName: 'Ada', groups: [], customClaims: [], disabled: false }
  host.accounts.set('7', account as never)
  vouch = vouchWithAmr('7', ['pwd', 'otp'])
  await agent.get(`${host.issuer}/vouch`)
  const session = (await agent.get(`${host.issuer}/who`)).json()
  expect(session).toMatchObject({ accountId: '7', account: { userName: 'ada' }, amr: ['pwd', 'otp'], acr: '0' })
  expect(host.events).toEqual([expect.objectContaining({ event: 'signed_in', accountId: '7', method: 'vouched' })])
  expect(viewOf(await agent.get(`${host.issuer}/login/passkey`)).view).toBe('add-passkey')
})

test('does not let a vouched session add a passkey to an account that has one', async () => {
  const { account } = await host.person('ada')
  const agent = new UserAgent()
  vouch = vouchWithAmr(account.id, ['pwd'])
  await agent.get(`${host.issuer}/vouch`)
  expect((await agent.postJson(`${host.issuer}/login/passkey/options`, {})).json()).toMatchObject({
    code: 'reauthentication_required',
  })
})

test('names the missing argument of a call', async () => {
  for (const input of [undefined, {}])
    await expect(host.pocket.maintain(input as never)).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'signal' }],
    })
  for (const [input, field] of [
    [undefined, 'issuer'],
    [{}, 'issuer'],
    [{ issuer: host.issuer }, 'stores'],
  ] as const)
    await expect(changeIssuer(input as never)).rejects.toMatchObject({ code: 'misconfigured', fields: [{ field }] })
  await expect(changeIssuer({ issuer: 'https://github.io', stores: host.stores })).rejects.toThrow('public suffix')
})

test.each([[['phr']], [['pwd', 'pop']], [['hwk']], [['face']], [[]], ['pwd'], [undefined], [['two words']]])(
  'rejects the methods %j',
  async (amr) => {
    const { account } = await host.person('ada')
    const agent = new UserAgent()
    vouch = vouchWithAmr(account.id, amr)
    expect((await agent.get(`${host.issuer}/vouch`)).json()).toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'amr' }],
    })
    expect((await agent.get(`${host.issuer}/who`)).json()).toBeNull()
  },
)

test('rejects a disabled account', async () => {
  const { account } = await host.person('ada')
  host.accounts.set(account.id, { ...account, disabled: true })
  vouch = vouchWithAmr(account.id, ['pwd'])
  expect((await new UserAgent().get(`${host.issuer}/vouch`)).json()).toMatchObject({ code: 'account_disabled' })
})
