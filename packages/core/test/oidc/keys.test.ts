import { describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { createKeyRing, defaultKeySchedule, type KeyRing } from '../../src/oidc/keys.ts'
import { day, TestClock } from '../flows/host.ts'

const minute = 60_000
const hour = 60 * minute

function setting() {
  const clock = new TestClock()
  let lifetime = hour
  const { keys: store, transaction } = memoryStores()
  const ring = (masterKey = MasterKey.from('the key of the first process')) =>
    createKeyRing({
      store,
      transaction,
      clock,
      masterKey,
      schedule: defaultKeySchedule,
      maxTokenLifetime: async () => lifetime,
    })
  const letTokensLive = (milliseconds: number) => {
    lifetime = milliseconds
  }
  return { clock, store, ring, letTokensLive }
}

describe('key ring', () => {
  test('creates the current and the next key for each algorithm, RS256 first, also if two processes start at once', async () => {
    const { ring, store } = setting()
    const [one, two] = await Promise.all([ring().load(), ring().load()])
    expect(one.keys.map(({ alg }) => alg)).toEqual([
      'RS256',
      'RS256',
      'PS256',
      'PS256',
      'ES256',
      'ES256',
      'EdDSA',
      'EdDSA',
    ])
    expect(two.version).toBe(one.version)
    expect((await store.list()).map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => ['current', 'next']).flat(),
    )
  })

  test('stores no private key in plain text', async () => {
    const { ring, store } = setting()
    const { keys } = await ring().load()
    const stored = JSON.stringify(await store.list())
    for (const { d } of keys) expect(stored).not.toContain(d)
  })

  test('rejects a different master key', async () => {
    const { ring } = setting()
    await ring().load()
    await expect(ring(MasterKey.from('the key of somebody else')).load()).rejects.toMatchObject({
      code: 'misconfigured',
    })
  })

  test('rotates on schedule: the announced key signs, the old one stays published and is then removed', async () => {
    const { ring, clock } = setting()
    const first = await ring().load()
    clock.pass(89 * day)
    expect(await ring().rotate()).toEqual([])
    clock.pass(day)
    expect(await ring().rotate()).toEqual([1, 3, 5, 7].map((place) => first.keys[place]?.kid))
    const second = await ring().load()
    expect(second.keys.slice(0, 3).map(({ kid }) => kid)).toEqual([
      first.keys[1]?.kid,
      expect.any(String),
      first.keys[0]?.kid,
    ])
    clock.pass(30 * day)
    await ring().rotate()
    expect((await ring().load()).keys.map(({ kid }) => kid)).not.toContain(first.keys[0]?.kid)
  })

  test('reports the start and the end of the current state of each key', async () => {
    const { ring, clock } = setting()
    const start = clock.now()
    await ring().load()
    const inDays = async () =>
      (await ring().list())
        .filter(({ algorithm }) => algorithm === 'RS256')
        .map(({ kid, status, since, until }) => ({
          kid,
          days: [status, Math.round((since - start) / day), Math.round((until - start) / day)],
        }))
    const first = await inDays()
    expect(first.map(({ days }) => days)).toEqual([
      ['current', 0, 90],
      ['next', 0, 90],
    ])
    clock.pass(100 * day)
    await ring().rotate()
    const second = await inDays()
    expect(second.map(({ days }) => days)).toEqual([
      ['current', 100, 190],
      ['next', 100, 190],
      ['previous', 100, 130],
    ])
    expect(second.map(({ kid }) => kid)).toEqual([first[1]?.kid, expect.any(String), first[0]?.kid])
  })

  const ofRs256 = async (ring: KeyRing) =>
    (await ring.list()).filter(({ algorithm }) => algorithm === 'RS256').map(({ kid, status }) => `${status} ${kid}`)
  const currentOf = async (ring: KeyRing) => (await ring.list())[0]?.kid ?? ''

  test('replaces a key on demand with the announced one, and keeps the old one published', async () => {
    const { ring, clock } = setting()
    const [first, announced] = (await ring().load()).keys
    clock.pass(7 * minute)
    const [replaced, ...more] = await ring().replace([first?.kid ?? '', 'unknown'], false)
    expect(more).toEqual([])
    expect(replaced).toEqual({ algorithm: 'RS256', kid: announced?.kid, signsFrom: expect.any(Number) })
    expect(Math.abs((replaced?.signsFrom ?? 0) - clock.now())).toBeLessThan(minute)
    expect(await ofRs256(ring())).toEqual([
      `current ${announced?.kid}`,
      expect.stringMatching(/^next /),
      `previous ${first?.kid}`,
    ])
    // Repeating the same request has no effect.
    expect(await ring().replace([first?.kid ?? ''], false)).toEqual([])
  })

  test('delays the replacement by a recently announced key until caches and other processes know it', async () => {
    const { ring, clock } = setting()
    const [first, announced] = (await ring().load()).keys
    const [waiting] = await ring().replace([first?.kid ?? ''], false)
    expect(waiting).toMatchObject({ kid: announced?.kid })
    const wait = (waiting?.signsFrom ?? 0) - clock.now()
    // The `max-age` of the JWKS plus the interval in which other processes reload the keys.
    expect(wait).toBeGreaterThan(6 * minute)
    expect((await ring().list())[0]).toMatchObject({ kid: first?.kid, until: waiting?.signsFrom })
    clock.pass(wait - 10_000)
    expect(await ring().rotate()).toEqual([])
    expect(await currentOf(ring())).toBe(first?.kid)
    clock.pass(10_000)
    expect(await ring().rotate()).toEqual([announced?.kid])
    expect(await ofRs256(ring())).toContain(`previous ${first?.kid}`)
    expect(await ring().rotate()).toEqual([])
  })

  test('replaces a key immediately, and withdraws the previous keys', async () => {
    const { ring, clock } = setting()
    const [first, announced] = (await ring().load()).keys
    clock.pass(90 * day)
    await ring().rotate()
    const [, following] = (await ring().load()).keys
    await ring().replace([announced?.kid ?? ''], true)
    expect(await ofRs256(ring())).toEqual([`current ${following?.kid}`, expect.stringMatching(/^next /)])
    expect((await ring().load()).keys.map(({ kid }) => kid)).not.toContain(first?.kid)
  })

  test.each([false, true])('replaces a key once, however many processes try, immediately: %s', async (immediately) => {
    const { ring, clock } = setting()
    const first = await ring().load()
    clock.pass(day)
    const kids = (await ring().list()).filter(({ status }) => status === 'current').map(({ kid }) => kid)
    const replaced = await Promise.all(Array.from({ length: 5 }, () => ring().replace(kids, immediately)))
    expect(replaced.flat()).toHaveLength(4)
    expect(new Set(replaced.flat().map(({ kid }) => kid))).toEqual(
      new Set([1, 3, 5, 7].map((place) => first.keys[place]?.kid)),
    )
    expect((await ring().load()).keys).toHaveLength(immediately ? 8 : 12)
  })

  test('keeps a replaced key published until the last token that it signed has expired', async () => {
    const { ring, clock, letTokensLive } = setting()
    const first = await ring().load()
    letTokensLive(100 * day)
    clock.pass(day)
    await ring().replace([first.keys[0]?.kid ?? ''], false)
    expect((await ring().list()).find(({ status }) => status === 'previous')?.until).toBeGreaterThan(
      clock.now() + 100 * day,
    )
    clock.pass(99 * day)
    await ring().rotate()
    expect(await ofRs256(ring())).toContain(`previous ${first.keys[0]?.kid}`)
    clock.pass(day + 2 * minute)
    await ring().rotate()
    expect(await ofRs256(ring())).not.toContain(`previous ${first.keys[0]?.kid}`)
  })

  test('rotates once, however many processes try', async () => {
    const { ring, clock } = setting()
    await ring().load()
    clock.pass(90 * day)
    const moved = await Promise.all(Array.from({ length: 5 }, () => ring().rotate()))
    expect(moved.flat()).toHaveLength(4)
    expect((await ring().load()).keys).toHaveLength(12)
  })

  test('adds missing algorithms to an older installation, and keeps its key', async () => {
    const { ring, store } = setting()
    const first = await ring().load()
    for (const { kid, algorithm } of await store.list()) if (algorithm !== 'RS256') await store.remove(kid)
    const second = await ring().load()
    expect(second.keys.slice(0, 2)).toEqual(first.keys.slice(0, 2))
    expect(second.keys).toHaveLength(8)
  })
})
