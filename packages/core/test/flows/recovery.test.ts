import { json } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { storeKinds } from '../contracts/store-kinds.ts'
import { minute, startHostOver, withRoutes } from './host.ts'

/** Runs while a code is being used. */
let whileUsed = async () => {}

/** A host with the pages of a recovery. */
const withHostRoutes = withRoutes((pocket, req, res, query) => ({
  '/begin': () =>
    pocket.recovery.begin(req, res, query('code'), async () => {
      if (query('refuse')) throw new Error('refused by the host')
      await whileUsed()
    }),
  '/options': () => pocket.recovery.options(req, res),
  '/finish': async () => pocket.recovery.finish(req, res, await json(req)),
  '/session': () => pocket.session(req, res),
}))

describe.each(Object.entries(storeKinds))('a recovery code over %s', (_kind, open) => {
  let now = Date.now()
  let beforeSignIn: () => void | Promise<void> = () => undefined

  const options = {
    clock: { now: () => now },
    limits: { rateLimiter: false },
    hooks: { before: { signIn: async () => void (await beforeSignIn()) } },
  } as const
  const host = shareBetweenTests(() => startHostOver(open, { mount: withHostRoutes, options }))

  const createCodes = async (name: string, count = 2) => {
    const { account } = await host.person(name)
    const codes = await host.pocket.recovery.replaceCodes(account.id, { kind: 'recovery', count })
    return { account, codes, count: () => host.pocket.recovery.countCodes(account.id, 'recovery') }
  }
  const beginRecovery = (agent: UserAgent, code = '', extra = {}) =>
    agent.get(`${host.issuer}/begin?${new URLSearchParams({ code, ...extra })}`)
  const finishRecovery = async (agent: UserAgent) => {
    const options = await agent.get(`${host.issuer}/options`)
    if (options.status !== 200) return options.text
    const created = new SoftwareAuthenticator().create(options.json() as never, { origin: host.issuer })
    const { status, text } = await agent.postJson(`${host.issuer}/finish`, created)
    return status === 200 ? 'added' : text
  }
  const readSession = async (agent: UserAgent) => (await agent.get(`${host.issuer}/session`)).json()

  test('adds one passkey, which starts the session', async () => {
    const { account, codes, count } = await createCodes('ada')
    expect(codes[0]).toMatch(/^([2-9A-HJ-NP-TV-Z]{4}-){3}[2-9A-HJ-NP-TV-Z]{4}$/)
    const agent = new UserAgent()
    expect((await beginRecovery(agent, codes[0]?.toLowerCase().replaceAll('-', ' '))).status).toBe(200)
    expect(await readSession(agent)).toBeNull()
    expect(await count()).toBe(1)
    expect(await finishRecovery(agent)).toBe('added')
    expect(await readSession(agent)).toMatchObject({ accountId: account.id, amr: ['otp', 'pop'], acr: '1' })
    expect(await finishRecovery(agent)).toBe('not_signed_in')
  })

  test('is used by one of ten concurrent requests', async () => {
    const { codes } = await createCodes('bob')
    const allFound = Promise.withResolvers<void>()
    let waiting = 0
    // The hook runs after a request has found the code, and before it uses the code.
    beforeSignIn = () => {
      waiting += 1
      if (waiting === 10) allFound.resolve()
      return allFound.promise
    }
    const results = await Promise.all(Array.from({ length: 10 }, () => beginRecovery(new UserAgent(), codes[0])))
    beforeSignIn = () => undefined
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(results.filter(({ text }) => text === 'code_invalid')).toHaveLength(9)
  })

  test('adds one of two passkeys that are registered at the same time', async () => {
    const { account, codes } = await createCodes('cid')
    const agent = new UserAgent()
    await beginRecovery(agent, codes[0])
    const before = (await host.pocket.passkeys.list(account.id)).length
    const results = await Promise.all([finishRecovery(agent), finishRecovery(agent)])
    expect(results.sort()).toEqual(['added', 'not_signed_in'])
    const passkeys = await host.pocket.passkeys.list(account.id)
    expect(passkeys).toHaveLength(before + 1)
    // The recovery code signed the user in.
    for (const { lastUsedAt } of passkeys) expect(lastUsedAt).toBeNull()
  })

  test('is canceled by a new set, even after it was entered', async () => {
    const { account, codes } = await createCodes('dan')
    const agent = new UserAgent()
    await beginRecovery(agent, codes[0])
    const replaced = await Promise.all(
      [1, 2].map(() => host.pocket.recovery.replaceCodes(account.id, { kind: 'recovery', count: 3 })),
    )
    expect(await finishRecovery(agent)).toBe('not_signed_in')
    expect((await beginRecovery(agent, codes[1])).text).toBe('code_invalid')
    expect(await host.pocket.recovery.countCodes(account.id, 'recovery')).toBe(3)
    const results = await Promise.all(replaced.map(([code]) => beginRecovery(new UserAgent(), code)))
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('leaves no usable ticket if a new set is created at the same time', async () => {
    const { account, codes } = await createCodes('eve')
    const agent = new UserAgent()
    await Promise.all([
      beginRecovery(agent, codes[0]),
      host.pocket.recovery.replaceCodes(account.id, { kind: 'recovery', count: 0 }),
    ])
    // In both orders: the new set cancels the code or the ticket.
    expect(await finishRecovery(agent)).toBe('not_signed_in')
  })

  test('leaves no usable ticket if a new set is created while a code is being used', async () => {
    const { account, codes } = await createCodes('ned')
    const agent = new UserAgent()
    const [entered, gate] = [0, 1].map(() => Promise.withResolvers<void>())
    whileUsed = async () => {
      entered?.resolve()
      await gate?.promise
    }
    const begun = beginRecovery(agent, codes[0])
    await entered?.promise
    whileUsed = async () => {}
    const replaced = host.pocket.recovery.replaceCodes(account.id, { kind: 'break_glass' })
    // The new set cannot show that it waits for the lock; without one it would be stored now.
    for (let request = 0; request < 30; request += 1) await readSession(new UserAgent())
    gate?.resolve()
    await Promise.all([begun, replaced])
    expect(await finishRecovery(agent)).toBe('not_signed_in')
  })

  test('remains unused if the host refuses', async () => {
    const { codes } = await createCodes('fay')
    expect((await beginRecovery(new UserAgent(), codes[0], { refuse: 'yes' })).text).toBe('refused by the host')
    expect((await beginRecovery(new UserAgent(), codes[0])).status).toBe(200)
  })

  test('gives fifteen minutes to add the passkey', async () => {
    const { codes } = await createCodes('gil')
    const agent = new UserAgent()
    await beginRecovery(agent, codes[0])
    now += 15 * minute
    expect(await finishRecovery(agent)).toBe('not_signed_in')
  })

  test('is not a login code, and a login code is not a recovery code', async () => {
    const { account, codes } = await createCodes('hal')
    expect(
      (await beginRecovery(new UserAgent(), (await host.pocket.issueLoginCode(account, 60 * minute)).code)).text,
    ).toBe('code_invalid')
    expect(codes[0]).toHaveLength(19)
    expect((await beginRecovery(new UserAgent(), 'AAAA-AAAA-AAAA-AAAA')).text).toBe('code_invalid')
  })

  test('is canceled when the account is disabled, or when a passkey is removed after the code was entered', async () => {
    const { account, codes, count } = await createCodes('ida')
    const agent = new UserAgent()
    await beginRecovery(agent, codes[0])
    const [passkey] = await host.pocket.passkeys.list(account.id)
    await host.pocket.passkeys.removeAsAdministrator(account.id, passkey?.id ?? '')
    expect(await finishRecovery(agent)).toBe('not_signed_in')
    expect(await count()).toBe(1)
    await host.pocket.endAccess(account.id)
    expect(await count()).toBe(0)
    expect((await beginRecovery(agent, codes[1])).text).toBe('code_invalid')
  })
})
