import { describe, expect, test } from '@jest/globals'
import { type Clock, MasterKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import type { SigningAlgorithm } from '../../src/clients/protocol.ts'
import { generateSigningKey, type SigningKey } from '../../src/oidc/key-generation.ts'
import { createKeyRing, defaultKeySchedule, type KeyRing } from '../../src/oidc/keys.ts'
import { day, TestClock } from '../flows/host.ts'

const minute = 60_000
const hour = 60 * minute

/** The keys of all tests, since generating RSA keys takes most of their time. */
const generated: Partial<Record<SigningAlgorithm, Promise<SigningKey>[]>> = {}

/** Generates different keys, but the same ones in each test. */
function keyGenerator() {
  const used = { RS256: 0, PS256: 0, ES256: 0, EdDSA: 0 }
  return (algorithm: SigningAlgorithm): Promise<SigningKey> => {
    generated[algorithm] ??= []
    const keys = generated[algorithm]
    const index = used[algorithm]++
    const key = keys[index] ?? generateSigningKey(algorithm)
    keys[index] = key
    return key
  }
}

function createFixture() {
  const clock = new TestClock()
  const generateKey = keyGenerator()
  let lifetime = hour
  const { keys: store, transaction } = memoryStores()
  /** The key ring of a new process. */
  const ring = (masterKey = MasterKey.from('the key of the first process'), processClock: Clock = clock) =>
    createKeyRing({
      store,
      transaction,
      clock: processClock,
      masterKey,
      schedule: defaultKeySchedule,
      maxTokenLifetime: async () => lifetime,
      generateKey,
    })
  const setTokenLifetime = (milliseconds: number) => {
    lifetime = milliseconds
  }
  return { clock, store, ring, setTokenLifetime }
}

describe('key ring', () => {
  test('creates the current and the next key for each algorithm, RS256 first, even if two processes start concurrently', async () => {
    const { ring, store } = createFixture()
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
    const { ring, store } = createFixture()
    const { keys } = await ring().load()
    const stored = JSON.stringify(await store.list())
    for (const { d } of keys) expect(stored).not.toContain(d)
  })

  test('rejects a different master key', async () => {
    const { ring } = createFixture()
    await ring().load()
    await expect(ring(MasterKey.from('the key of somebody else')).load()).rejects.toMatchObject({
      code: 'misconfigured',
    })
  })

  test('rotates on schedule: the announced key signs, the old one stays published and is then removed', async () => {
    const { ring, clock } = createFixture()
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
    const { ring, clock } = createFixture()
    const start = clock.now()
    await ring().load()
    const listRs256Keys = async () =>
      (await ring().list())
        .filter(({ algorithm }) => algorithm === 'RS256')
        .map(({ kid, status, since, until }) => ({
          kid,
          days: [status, Math.round((since - start) / day), Math.round((until - start) / day)],
        }))
    const first = await listRs256Keys()
    expect(first.map(({ days }) => days)).toEqual([
      ['current', 0, 90],
      ['next', 0, 90],
    ])
    clock.pass(100 * day)
    await ring().rotate()
    const second = await listRs256Keys()
    expect(second.map(({ days }) => days)).toEqual([
      ['current', 100, 190],
      ['next', 100, 190],
      ['previous', 100, 130],
    ])
    expect(second.map(({ kid }) => kid)).toEqual([first[1]?.kid, expect.any(String), first[0]?.kid])
  })

  const listRs256 = async (ring: KeyRing) =>
    (await ring.list()).filter(({ algorithm }) => algorithm === 'RS256').map(({ kid, status }) => `${status} ${kid}`)
  const readCurrentKid = async (ring: KeyRing) => (await ring.list())[0]?.kid ?? ''

  test('replaces a key on demand with the announced one, and keeps the old one published', async () => {
    const { ring, clock } = createFixture()
    const keys = ring()
    const [first, announced] = (await keys.load()).keys
    clock.pass(7 * minute)
    const [replaced, ...more] = await keys.replace([first?.kid ?? '', 'unknown'], false)
    expect(more).toEqual([])
    expect(replaced).toEqual({ algorithm: 'RS256', kid: announced?.kid, signsFrom: expect.any(Number) })
    expect(Math.abs((replaced?.signsFrom ?? 0) - clock.now())).toBeLessThan(minute)
    expect(await listRs256(ring())).toEqual([
      `current ${announced?.kid}`,
      expect.stringMatching(/^next /),
      `previous ${first?.kid}`,
    ])
    // Repeating the same request has no effect.
    expect(await ring().replace([first?.kid ?? ''], false)).toEqual([])
  })

  test('delays the replacement by a recently announced key until caches and other processes know it', async () => {
    const { ring, clock } = createFixture()
    const keys = ring()
    const [first, announced] = (await keys.load()).keys
    const [waiting] = await keys.replace([first?.kid ?? ''], false)
    expect(waiting).toMatchObject({ kid: announced?.kid })
    const wait = (waiting?.signsFrom ?? 0) - clock.now()
    // The `max-age` of the JWKS plus the interval in which other processes reload the keys.
    expect(wait).toBeGreaterThan(6 * minute)
    expect((await keys.list())[0]).toMatchObject({ kid: first?.kid, until: waiting?.signsFrom })
    clock.pass(wait - 10_000)
    expect(await keys.rotate()).toEqual([])
    expect(await readCurrentKid(keys)).toBe(first?.kid)
    // The two clocks differ by fractions of a millisecond.
    clock.pass(10_001)
    expect(await keys.rotate()).toEqual([announced?.kid])
    expect(await listRs256(ring())).toContain(`previous ${first?.kid}`)
    expect(await ring().rotate()).toEqual([])
  })

  test('replaces a key immediately, and revokes the previous keys', async () => {
    const { ring, clock } = createFixture()
    const [first, announced] = (await ring().load()).keys
    clock.pass(90 * day)
    await ring().rotate()
    const [, following] = (await ring().load()).keys
    await ring().replace([announced?.kid ?? ''], true)
    expect(await listRs256(ring())).toEqual([`current ${following?.kid}`, expect.stringMatching(/^next /)])
    expect((await ring().load()).keys.map(({ kid }) => kid)).not.toContain(first?.kid)
  })

  test.each([false, true])('replaces a key once, however many processes try, immediately: %s', async (immediately) => {
    const { ring, clock } = createFixture()
    const first = await ring().load()
    clock.pass(8 * day)
    const kids = (await ring().list()).filter(({ status }) => status === 'current').map(({ kid }) => kid)
    const replaced = await Promise.all(Array.from({ length: 5 }, () => ring().replace(kids, immediately)))
    expect(replaced.flat()).toHaveLength(4)
    expect(new Set(replaced.flat().map(({ kid }) => kid))).toEqual(
      new Set([1, 3, 5, 7].map((place) => first.keys[place]?.kid)),
    )
    expect((await ring().load()).keys).toHaveLength(immediately ? 8 : 12)
  })

  test('keeps a replaced key published until the last token that it signed has expired', async () => {
    const { ring, clock, setTokenLifetime } = createFixture()
    const first = await ring().load()
    setTokenLifetime(100 * day)
    clock.pass(8 * day)
    await ring().replace([first.keys[0]?.kid ?? ''], false)
    expect((await ring().list()).find(({ status }) => status === 'previous')?.until).toBeGreaterThan(
      clock.now() + 100 * day,
    )
    clock.pass(99 * day)
    await ring().rotate()
    expect(await listRs256(ring())).toContain(`previous ${first.keys[0]?.kid}`)
    clock.pass(day + 2 * minute)
    await ring().rotate()
    expect(await listRs256(ring())).not.toContain(`previous ${first.keys[0]?.kid}`)
  })

  describe('while clocks are wrong', () => {
    const jumps = [-1500 * day, -3 * day, -hour, 6 * minute, hour, 3 * day, 1500 * day]

    test.each(jumps)('publishes a key long enough before it signs if the clock jumps by %i ms', async (jump) => {
      const { ring, clock } = createFixture()
      const keys = ring()
      const [first, announced] = (await keys.load()).keys
      await keys.replace([first?.kid ?? ''], false)
      clock.jump(jump)
      expect(await keys.rotate()).toEqual([])
      clock.pass(6 * minute)
      expect(await keys.rotate()).toEqual([])
      clock.pass(2 * minute)
      expect(await keys.rotate()).toContain(announced?.kid)
      // The next key has just been generated, so it waits as well.
      clock.jump(jump)
      await keys.replace([announced?.kid ?? ''], false)
      expect(await readCurrentKid(keys)).toBe(announced?.kid)
    })

    test.each([-3 * day, -hour, 6 * minute, hour, 3 * day])(
      'publishes a key long enough before another process signs whose clock is %i ms ahead',
      async (ahead) => {
        const { ring, clock } = createFixture()
        const skewed = ring(undefined, { now: () => clock.now() + ahead, monotonic: () => clock.monotonic() })
        const keys = ring()
        const [first, announced] = (await keys.load()).keys
        await skewed.load()
        await keys.replace([first?.kid ?? ''], false)
        clock.pass(6 * minute)
        expect([await skewed.rotate(), await keys.rotate()]).toEqual([[], []])
        expect(await readCurrentKid(keys)).toBe(first?.kid)
        clock.pass(2 * minute)
        expect(await Promise.all([skewed.rotate(), keys.rotate()]).then((rotated) => rotated.flat())).toEqual([
          announced?.kid,
        ])
        // Neither process replaces it again, or removes the one that signed.
        for (const process of [keys, skewed]) {
          clock.pass(minute)
          expect(await process.rotate()).toEqual([])
        }
        expect(await listRs256(keys)).toContain(`previous ${first?.kid}`)
      },
    )

    test.each([hour, 3 * day, 1500 * day])('keeps the old key published if the clock jumps by %i ms', async (jump) => {
      const { ring, clock } = createFixture()
      const keys = ring()
      const [first] = (await keys.load()).keys
      clock.pass(8 * minute)
      await keys.replace([first?.kid ?? ''], false)
      clock.jump(jump)
      await keys.rotate()
      clock.pass(29 * day)
      await keys.rotate()
      expect(await listRs256(keys)).toContain(`previous ${first?.kid}`)
      clock.pass(2 * day)
      await keys.rotate()
      expect(await listRs256(keys)).not.toContain(`previous ${first?.kid}`)
    })

    test('rotates on schedule after a clock that was years ahead is set back', async () => {
      const { ring, clock } = createFixture()
      clock.jump(1500 * day)
      const [first, announced] = (await ring().load()).keys
      clock.jump(-1500 * day)
      const restarted = ring()
      expect(await restarted.rotate()).toEqual([])
      clock.pass(8 * minute)
      expect(await restarted.rotate()).toContain(announced?.kid)
      expect(await listRs256(restarted)).toContain(`previous ${first?.kid}`)
      clock.pass(8 * minute)
      expect(await restarted.rotate()).toEqual([])
    })
  })

  test('rotates once, however many processes try', async () => {
    const { ring, clock } = createFixture()
    await ring().load()
    clock.pass(90 * day)
    const moved = await Promise.all(Array.from({ length: 5 }, () => ring().rotate()))
    expect(moved.flat()).toHaveLength(4)
    expect((await ring().load()).keys).toHaveLength(12)
  })

  test('adds missing algorithms to an older installation, and keeps its key', async () => {
    const { ring, store } = createFixture()
    const first = await ring().load()
    for (const { kid, algorithm } of await store.list()) if (algorithm !== 'RS256') await store.remove(kid)
    const second = await ring().load()
    expect(second.keys.slice(0, 2)).toEqual(first.keys.slice(0, 2))
    expect(second.keys).toHaveLength(8)
  })
})
