import { json } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { storeKinds } from '../contracts/store-kinds.ts'
import { minute, startHostOver, withRoutes } from './host.ts'

/** A host that signs users in by each method without a passkey, and adds passkeys. */
const withHostRoutes = withRoutes((pocket, req, res, query) => {
  const accountId = query('account')
  const enter = (method: 'setup' | 'setup_api' | 'sign_up' | 'api') => () =>
    pocket.signIn.asNewAccount(req, res, { accountId, method })
  return {
    '/setup': enter('setup'),
    '/setup_api': enter('setup_api'),
    '/sign_up': enter('sign_up'),
    '/api': enter('api'),
    '/code': () => pocket.signIn.withCode(req, res, query('code')),
    '/vouched': () => pocket.signIn.vouchFor(req, res, accountId, { amr: ['pwd'] }),
    '/options': () => {
      const subject = { accountId, userName: 'ada', displayName: 'Ada' }
      return pocket.registration.options(req, res, { subject, purpose: 'registration' })
    },
    '/add': async () =>
      pocket.registration.add(req, res, { accountId, response: await json(req), purpose: 'registration' }),
  }
})

describe.each(Object.entries(storeKinds))('a session without a passkey over %s', (_kind, open) => {
  const host = shareBetweenTests(() =>
    startHostOver(open, { mount: withHostRoutes, options: { clock: { now: () => now } } }),
  )
  let now = Date.now()

  /** Signs a user without a passkey in, and adds one after this time. */
  async function addPasskeyAfter(milliseconds: number, method: string) {
    const { account } = await host.person('ada')
    for (const { id } of await host.stores.passkeys.listByAccount(account.id))
      await host.stores.passkeys.remove(account.id, id)
    const agent = new UserAgent()
    const hostUrl = (path: string, extra = {}) =>
      `${host.issuer}${path}?${new URLSearchParams({ account: account.id, ...extra })}`
    const code = method === 'code' ? (await host.pocket.issueLoginCode(account, minute)).code : ''
    expect((await agent.get(hostUrl(`/${method}`, { code }))).status).toBe(200)
    now += milliseconds
    const created = new SoftwareAuthenticator().create((await agent.get(hostUrl('/options'))).json() as never, {
      origin: host.issuer,
    })
    const { status, text } = await agent.postJson(hostUrl('/add'), created)
    // Another method signed the user in.
    for (const { lastUsedAt } of await host.stores.passkeys.listByAccount(account.id)) expect(lastUsedAt).toBeNull()
    return status === 200 ? 'added' : text
  }

  test.each(['setup', 'setup_api', 'sign_up', 'api', 'code', 'vouched'])(
    'that began by %s can add one for fifteen minutes',
    async (method) => {
      expect(await addPasskeyAfter(15 * minute, method)).toBe('added')
      expect(await addPasskeyAfter(15 * minute + 1, method)).toBe('sign_in_again')
    },
  )
})
