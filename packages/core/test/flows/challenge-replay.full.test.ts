import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { databases } from '../typeorm/databases.ts'
import { day, hour, second, startHost, viewOf } from './host.ts'
import { authorizationUrl, relyingParty } from './login.ts'
import { openSlowStores } from './slow-stores.ts'
import { startTokenProcess } from './start-token-process.ts'

describe.each(databases)('two processes that share %s', (_kind, open) => {
  let setUp: ReturnType<typeof start>

  beforeAll(() => {
    setUp = start()
    return setUp
  })

  afterAll(async () => {
    const [started] = await Promise.allSettled([setUp])
    if (started.status === 'fulfilled') await started.value.stack.disposeAsync()
  })

  async function start() {
    await using stack = new AsyncDisposableStack()
    const { database, startedAt, stores, clock, controller } = await openSlowStores(stack, open)
    const host = stack.use(await startHost({ stores, options: { clock } }))
    const person = await host.person('ada')
    const { client } = await relyingParty(host)
    const task = { database: database.address, startedAt, account: person.account, leeways: { [host.issuer]: 0 } }
    const another = await startTokenProcess(task)
    stack.use(another.running)
    const controllers = [controller, another.controller]
    const origins = [host.issuer, another.origins[0] ?? '']
    return { host, person, client, controllers, origins, stack: stack.move() }
  }

  /** A user on a sign-in page; `answer` posts a response to either process. */
  async function startSignIn(agent = new UserAgent()) {
    const { host, person, client, origins } = await setUp
    const page = await agent.follow(await agent.get(authorizationUrl(host, client.id)))
    const view = viewOf(page, 'sign-in')
    const { ceremony } = view
    const signChallenge = (options = ceremony.options) => person.authenticator.get(options, { origin: host.issuer })
    const answer = async (process: 0 | 1, response = signChallenge()) => {
      const sent = agent.cookies().filter(({ path }) => ceremony.submitTo.startsWith(path))
      const cookie = sent.map(({ name, value }) => `${name}=${value}`)
      const { status, ...answered } = await fetch(`${origins[process]}${ceremony.submitTo}`, {
        method: 'POST',
        headers: { cookie: cookie.join('; '), 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ response }),
      }).then(async (got) => ({ status: got.status, ...((await got.json()) as { error?: string; code?: string }) }))
      return answered.code ?? status
    }
    return { host, agent, ceremony, signChallenge, answer }
  }

  const advanceClocks = async (milliseconds: number, processes: readonly number[] = [0, 1]) => {
    const { controllers } = await setUp
    for (const index of processes) await controllers[index]?.pass(milliseconds)
  }

  test('accept a response to a challenge that was issued by a process whose clock is one second ahead', async () => {
    await advanceClocks(-second, [1])
    const { answer } = await startSignIn()
    expect(await answer(1)).toBe(200)
    await advanceClocks(second, [1])
  })

  test('accept one of fifty concurrent replays', async () => {
    const { answer, signChallenge } = await startSignIn()
    const { controllers } = await setUp
    const response = signChallenge()
    for (const controller of controllers) await controller.hold('find')
    const answers = Promise.all(Array.from({ length: 50 }, (_, index) => answer(index % 2 === 0 ? 0 : 1, response)))
    await Promise.race([Promise.all(controllers.map((controller) => controller.waitForBlocked(25))), answers])
    for (const controller of controllers) await controller.open()
    expect((await answers).toSorted()).toEqual([200, ...Array(49).fill('challenge_expired')])
  })

  test('replace a challenge issued before the clock was set back, and still reject spent challenges', async () => {
    const { host, agent, answer, ceremony, signChallenge } = await startSignIn()
    const early = signChallenge()
    await advanceClocks(-hour)
    expect(await answer(0, early)).toBe('challenge_expired')
    const fresh = (await agent.getJson(new URL(ceremony.refreshFrom, host.issuer).href)).json() as typeof ceremony
    const spent = signChallenge(fresh.options)
    expect(await answer(0, spent)).toBe(200)
    await advanceClocks(3 * day)
    for (let batch = -1; batch !== 0; ) batch = await host.pocket.removeExpired(1000)
    await advanceClocks(-3 * day)
    const again = await startSignIn(agent)
    expect(await again.answer(0, spent)).toBe('challenge_expired')
    expect(await again.answer(1, spent)).toBe('challenge_expired')
    await advanceClocks(hour)
    expect(await again.answer(1, early)).toBe(200)
  })
})
