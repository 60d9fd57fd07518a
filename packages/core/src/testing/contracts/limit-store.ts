import assert from 'node:assert/strict'
import type { LimitStore } from '../../limits/limit-store.ts'
import { type ContractCase, contract, noon, repeat50Times } from './contract.ts'

const second = 1000
const request = { key: 'a', burst: 3, interval: 10 * second, now: noon }

/** The contract of {@link LimitStore}. */
export const limitStoreContract: readonly ContractCase<LimitStore>[] = contract({
  async 'admits the capacity of the bucket, then one request per interval'(store) {
    const isAdmitted = async (after: number) => (await store.consume({ ...request, now: noon + after })).admitted
    assert.deepEqual([await isAdmitted(0), await isAdmitted(1), await isAdmitted(2)], [true, true, true])
    assert.equal(await isAdmitted(3), false)
    assert.equal(await isAdmitted(9 * second), false)
    assert.equal(await isAdmitted(10 * second), true)
    assert.equal(await isAdmitted(10 * second + 1), false)
    assert.deepEqual([await isAdmitted(40 * second), await isAdmitted(40 * second)], [true, true])
    assert.deepEqual([await isAdmitted(40 * second), await isAdmitted(40 * second)], [true, false])
  },
  async 'returns when the bucket is full again, which a refusal does not delay'(store) {
    for (const expiresAt of [10, 20, 30])
      assert.deepEqual(await store.consume(request), {
        key: 'a',
        admitted: true,
        expiresAt: noon + expiresAt * second,
      })
    const refused = { key: 'a', admitted: false, expiresAt: noon + 30 * second }
    assert.deepEqual(await store.consume(request), refused)
    assert.deepEqual(await store.consume({ ...request, now: noon + 1 }), refused)
  },
  async 'processes requests out of order without losing tokens'(store) {
    await store.consume({ ...request, now: noon + 5 })
    assert.deepEqual(
      [
        (await store.consume(request)).admitted,
        (await store.consume(request)).admitted,
        (await store.consume(request)).admitted,
      ],
      [true, true, false],
    )
  },
  async 'empties a bucket of one token with one request'(store) {
    const single = { ...request, burst: 1 }
    assert.equal((await store.consume(single)).admitted, true)
    assert.equal((await store.consume(single)).admitted, false)
    assert.equal((await store.consume({ ...single, now: noon + 10 * second })).admitted, true)
  },
  async 'resets a bucket with an impossible time, even for fifty concurrent requests'(store) {
    const expectExhaustion = async (now: number) => {
      for (let attempts = 0; attempts < 3; attempts++)
        assert.equal((await store.consume({ ...request, now })).admitted, true)
      assert.equal((await store.consume({ ...request, now })).admitted, false)
    }
    const hour = 3600 * second
    for (const laterRequest of [1500 * 24 * hour, 72 * hour, hour, 400 * second]) {
      await expectExhaustion(noon + laterRequest)
      const answers = await repeat50Times(() => store.consume(request))
      assert.equal(answers.filter(({ admitted: isAdmitted }) => isAdmitted).length, 3)
      assert.equal((await store.consume({ ...request, now: noon + 10 * second })).admitted, true)
      assert.equal((await store.consume({ ...request, now: noon + 10 * second })).admitted, false)
    }
  },
  async 'does not refill a bucket for clocks that differ by five minutes'(store) {
    const laterRequest = { ...request, now: noon + 300 * second }
    for (let attempts = 0; attempts < 3; attempts++) assert.equal((await store.consume(laterRequest)).admitted, true)
    for (const now of [noon, noon + 300 * second])
      assert.equal((await store.consume({ ...request, now })).admitted, false)
  },
  async 'admits the capacity of the bucket from fifty concurrent requests'(store) {
    const answers = await repeat50Times(() => store.consume({ ...request, burst: 7 }))
    assert.equal(answers.filter(({ admitted: isAdmitted }) => isAdmitted).length, 7)
  },
  async 'keeps buckets separate'(store) {
    const single = { ...request, burst: 1 }
    await store.consume(single)
    assert.equal((await store.consume({ ...single, key: 'b' })).admitted, true)
  },
  async 'admits a request again after a refund'(store) {
    const single = { ...request, burst: 1 }
    await store.consume(single)
    await store.refund('a', single.interval)
    assert.equal((await store.consume(single)).admitted, true)
    assert.equal((await store.consume(single)).admitted, false)
    await store.refund('no such bucket', single.interval)
  },
  async 'removes only full buckets, in bounded batches'(store) {
    for (const key of ['b', 'c', 'd']) await store.consume({ ...request, key, now: noon - 20 * second })
    await store.consume(request)
    assert.equal(await store.removeExpired(noon, 2), 2)
    assert.equal(await store.removeExpired(noon, 2), 1)
    assert.equal(await store.removeExpired(noon, 2), 0)
    assert.equal((await store.consume(request)).expiresAt, noon + 20 * second)
  },
})
